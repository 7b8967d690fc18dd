"use strict";
const form = document.getElementById("filters");
const mails = Array.from(document.querySelectorAll(".mail"));
const texts = mails.map((mail) => mail.textContent.toLowerCase());
function filter() {
  const wish = Object.fromEntries(new FormData(form));
  const words = wish.words.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  mails.forEach((mail, number) => {
    const data = mail.dataset;
    const fits = (!wish.status || data.status === wish.status)
      && (!wish.stage || data.stage === wish.stage)
      && (!wish.situation || data.situation.includes(" " + wish.situation + " "))
      && (!wish.target || data.target.includes(" " + wish.target + " "))
      && Number(data.level) >= Number(wish.level)
      && words.every((word) => texts[number].includes(word));
    mail.hidden = !fits;
    shown += fits;
  });
  document.getElementById("shown").textContent = shown;
}
form.hidden = false;
if (matchMedia("(max-width: 520px)").matches) document.getElementById("charts").open = false;  // mails come first
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
