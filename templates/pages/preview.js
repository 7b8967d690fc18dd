"use strict";
// Hides what is not asked for; without it the page shows everything. The choice stands in the address, so that a reload keeps it.
const form = document.getElementById("filters");
const samples = [...document.querySelectorAll(".sample")];

function apply() {
  const wanted = new FormData(form);
  const has = (sample, key) => !wanted.get(key) || sample.dataset[key].split(" ").includes(wanted.get(key));
  const is = (sample, key) => !wanted.has(key) || sample.dataset[key] === "1";
  let count = 0;
  for (const sample of samples) {
    sample.hidden = !(["step", "stage", "situation"].every(key => has(sample, key)) && ["found", "differs"].every(key => is(sample, key)));
    count += !sample.hidden;
    for (const draft of sample.querySelectorAll(".draft"))
      draft.hidden = Boolean(wanted.get("column")) && draft.dataset.column !== wanted.get("column");
  }
  document.body.classList.toggle("show-gone", wanted.has("gone"));
  const output = document.getElementById("count");
  output.textContent = `${count} / ${output.dataset.of}`;
  document.getElementById("none").hidden = count > 0;
  const chosen = new URLSearchParams([...wanted].filter(([, value]) => value));
  history.replaceState(null, "", "#" + chosen);
}

for (const [key, value] of new URLSearchParams(location.hash.slice(1))) {
  const field = form.elements.namedItem(key);
  if (field instanceof HTMLInputElement) field.checked = value === "on";
  else if (field instanceof HTMLSelectElement && [...field.options].some(option => option.value === value)) field.value = value;
}
form.hidden = false;
form.addEventListener("change", apply);
form.addEventListener("submit", event => event.preventDefault());
apply();
