// The visitor's language and colours, settled before anything is drawn: Gradio asks the browser for both.
(() => {
  const { forced, words, kinds, unknown } = window.ocrwebWords;
  const YEAR = 31536000;
  const asked = document.cookie.match(/(?:^|;\s*)ocrweb_lang=(en|zh)(?:;|$)/)?.[1];
  const lang = forced || asked || (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
  const tag = { en: "en", zh: "zh-CN" }[lang];
  const root = document.documentElement;
  window.ocrwebFace = { lang, words: words[lang], kind: kinds[lang], unknown: unknown[lang] };
  root.lang = tag;
  root.dataset.lang = lang;
  Object.defineProperty(navigator, "language", { get: () => tag });
  Object.defineProperty(navigator, "languages", { get: () => [tag] });

  // The system's colours until the visitor says otherwise.
  const DARK = "(prefers-color-scheme: dark)";
  const ofSystem = window.matchMedia.bind(window);
  const system = ofSystem(DARK);
  const chosen = () => localStorage.getItem("ocrweb-theme");
  const isDark = () => (chosen() ? chosen() === "dark" : system.matches);
  const answer = new EventTarget();
  Object.defineProperties(answer, { matches: { get: isDark }, media: { value: DARK } });
  const tell = () => answer.dispatchEvent(new Event("change"));
  system.addEventListener("change", tell);
  window.matchMedia = (query) => (query === DARK ? answer : ofSystem(query));

  const press = (button) => {
    if (button.dataset.face === "theme") {
      localStorage.setItem("ocrweb-theme", isDark() ? "light" : "dark");
      tell();
    } else {
      const other = { en: "zh", zh: "en" }[lang];
      const secure = location.protocol === "https:" ? "; Secure" : "";
      document.cookie = `ocrweb_lang=${other}; path=/; max-age=${YEAR}; SameSite=Lax${secure}`;
      location.reload();
    }
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-face]");
    if (button) press(button);
  });
})();
