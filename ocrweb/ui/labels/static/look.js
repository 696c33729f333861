// The theme of the console: the one that its address names, else the system's. Runs before anything is painted.
const named = new URLSearchParams(location.search).get("__theme");
const system = matchMedia("(prefers-color-scheme: dark)");

function dress() {
  const dark = named === "dark" || (named !== "light" && system.matches);
  document.documentElement.classList.toggle("dark", dark);
}

system.addEventListener("change", dress);
dress();
