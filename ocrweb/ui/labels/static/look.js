// The theme of the console: the one that the address names, of this page or of the one that led here, else the system's.
// Runs before anything is painted.
const NAME = "__theme", KEPT = "ocrweb-theme";
const of = (address) => (address ? new URL(address).searchParams.get(NAME) : null);
const named = of(location.href) ?? of(document.referrer) ?? sessionStorage.getItem(KEPT);
const system = matchMedia("(prefers-color-scheme: dark)");

function dress() {
  const dark = named === "dark" || (named !== "light" && system.matches);
  document.documentElement.classList.toggle("dark", dark);
}

if (named) sessionStorage.setItem(KEPT, named);
system.addEventListener("change", dress);
dress();
