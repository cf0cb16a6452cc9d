// Keeps a phone's screen up to date. It asks again every two seconds instead of holding a stream open:
// a browser allows one site six connections, and a presenter may look at many phones at once.
import { refreshLiveParts } from "/assets/web/live.js";

if (document.querySelector("[data-live]")) setInterval(refreshLiveParts, 2000);
