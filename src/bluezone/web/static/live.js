// Keeps a page up to date without losing the reader's place: the server renders, this only swaps.

let isBusy = false;

/** Fetches this page again and replaces every element marked data-live whose content changed. */
export async function refreshLiveParts() {
  if (isBusy || document.hidden) return;
  isBusy = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const parts = new Map([...fresh.querySelectorAll("[data-live]")].map((part) => [part.id, part]));
    const shown = [...document.querySelectorAll("[data-live]")];
    // A part that is gone means another page by now: a phone that woke up, a code that was refused.
    if (shown.some((part) => !parts.has(part.id))) location.reload();
    else shown.forEach((part) => swap(part, parts.get(part.id)));
  } catch {
    // The server is gone or restarting; the page stays as it is and asks again later.
  } finally {
    isBusy = false;
  }
}

function swap(shown, part) {
  if (shown.outerHTML === part.outerHTML) return;
  const focused = document.activeElement;
  const isInside = shown.contains(focused);
  if (isInside && focused.matches("input, select, textarea")) return;
  for (const details of shown.querySelectorAll("details[id][open]")) {
    part.querySelector(`#${CSS.escape(details.id)}`)?.setAttribute("open", "");
  }
  const focusId = isInside ? focused.id : "";
  shown.replaceWith(document.adoptNode(part));
  if (focusId) document.getElementById(focusId)?.focus();
}
