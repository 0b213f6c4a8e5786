// The page is complete without this: it only adds the filter box, and opens
// what is folded for printing.
(function () {
  "use strict";
  var form = document.getElementById("filter-form");
  if (form) {
    var box = document.getElementById("filter");
    var count = document.getElementById("filter-count");
    var cards = Array.prototype.slice.call(document.querySelectorAll("article.card"));
    var texts = cards.map(function (card) { return card.textContent.toLowerCase(); });
    var apply = function () {
      var words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      var shown = 0;
      cards.forEach(function (card, i) {
        var keep = words.every(function (word) { return texts[i].indexOf(word) >= 0; });
        card.hidden = !keep;
        if (keep) { shown++; }
      });
      count.textContent = words.length ? shown + " of " + cards.length : "";
    };
    form.hidden = false;
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    box.addEventListener("input", apply);
    apply();
  }
  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = Array.prototype.slice.call(document.querySelectorAll("details:not([open])"));
    opened.forEach(function (fold) { fold.open = true; });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (fold) { fold.open = false; });
  });
})();
