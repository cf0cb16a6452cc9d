// Saves what is being typed as a draft now and then; without script the button does it.

const form = document.querySelector("form[data-autosave]");
const said = document.getElementById("autosaved");
const PAUSE_MS = 4000;
let waiting = 0;

async function save() {
  waiting = 0;
  // Not form.action: the buttons are named "action", and would be found instead.
  const typed = new URLSearchParams(new FormData(form));
  typed.set("action", "autosave");
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: typed, redirect: "error" });
    said.textContent = answer.ok ? `${said.dataset.said} ${await answer.text()}` : said.dataset.failed;
  } catch {
    // Offline, or the session has ended. The form still holds everything, and the next change tries again.
    said.textContent = said.dataset.failed;
  }
}

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(save, PAUSE_MS);
});
form?.addEventListener("submit", () => clearTimeout(waiting));
