// The presenter's map: people move as the server says. Everything here also works by reloading the page.
import { refreshLiveParts } from "/assets/web/live.js";

const clock = document.getElementById("clock");
const marks = [...document.querySelectorAll("#map .mark")];
let version = "";

const events = new EventSource("/events");
events.onmessage = ({ data }) => {
  const look = JSON.parse(data);
  clock.textContent = look.clock;
  look.people.forEach(([x, y, kind], station) => place(marks[station], x, y, kind));
  if (look.version !== version) {
    if (version) refreshLiveParts();
    version = look.version;
  }
};
addEventListener("pagehide", () => events.close());

function place(mark, x, y, kind) {
  mark.style.transform = `translate(${x}px, ${y}px)`;
  mark.dataset.kind = kind;
  const anchor = x < 70 ? "start" : x > 230 ? "end" : "middle";
  mark.querySelector(".name").setAttribute("text-anchor", anchor);
}

// Choosing a person shows that phone beside the map without loading the page again.
const select = document.getElementById("phone");
const frame = document.getElementById("phone-frame");

function choose(station) {
  const address = `/phones/${station}/`;
  select.value = station;
  document.getElementById("phone-owner").textContent = select.selectedOptions[0].textContent;
  document.getElementById("phone-link").href = address;
  frame.contentWindow.location.replace(address);
  marks.forEach((mark, at) => mark.classList.toggle("chosen", at === Number(station)));
  const here = new URL(location.href);
  here.searchParams.set("phone", station);
  history.replaceState(null, "", here);
  for (const field of document.querySelectorAll("input[name=phone]")) field.value = station;
}

document.getElementById("map").addEventListener("click", (event) => {
  const mark = event.target.closest(".mark");
  if (!mark || event.ctrlKey || event.metaKey || getComputedStyle(frame).display === "none") return;
  event.preventDefault();
  choose(mark.dataset.station);
});
select.addEventListener("change", () => choose(select.value));

// A change of pace does not load the page again either.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-quiet")) return;
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  await fetch(form.action, { method: "POST", body: fields, redirect: "manual" });
  refreshLiveParts();
});
