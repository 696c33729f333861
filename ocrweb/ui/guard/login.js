// Gradio's login form keeps silent about any answer but 400: tell the one that asks for patience.
(() => {
  const ask = window.fetch;
  window.fetch = async (...request) => {
    const answer = await ask(...request);
    if (answer.status !== 429 || !new URL(answer.url).pathname.endsWith("/login")) return answer;
    const told = await answer.clone().json().catch(() => null);
    const form = document.querySelector("input[type=password]")?.closest(".panel, .form, form, div.block") ?? document.body;
    let line = document.querySelector("#ocrweb-login-wait");
    if (!line) {
      line = document.createElement("p");
      line.id = "ocrweb-login-wait";
      line.setAttribute("role", "alert");
      line.style.cssText = "color: #b91c1c; margin: 8px 0";
      form.before(line);
    }
    line.textContent = told?.detail ?? answer.statusText;
    return answer;
  };
})();
