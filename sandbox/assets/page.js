// Says whether the page is live, and brings the filter under the key "/". All else is htmx, by attributes of the page.
const live = document.getElementById("live");
const filter = document.getElementById("filter");

function say(text, state) {
  live.textContent = text;
  live.dataset.state = state;
}

live.addEventListener("htmx:sse:after:connection", () => say("Live", "live"));
for (const event of ["htmx:sse:error", "htmx:sse:before:connection", "htmx:sse:close"]) {
  live.addEventListener(event, () => say("Not connected", "lost"));
}

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== filter && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    filter.focus();
    filter.select();
  }
  if (event.key === "Escape" && document.activeElement === filter && filter.value !== "") {
    filter.value = "";
    filter.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
