// Moves the film strips: a slider or a button chooses a frame, its picture and its sentence.
"use strict";

for (const strip of document.querySelectorAll(".film-strip")) {
  const film = JSON.parse(strip.querySelector("script").textContent);
  const steps = Object.values(film.sliders);
  const frames = steps.reduce((product, texts) => product * texts.length, 1); // in each setting
  const sliders = [...strip.querySelectorAll("input")];
  const image = strip.querySelector("img");
  const addresses = film.sentences.map((_, frame) => `${strip.dataset.address}/${frame}.png`);
  let setting = 0;

  const show = () => {
    const frame = sliders.reduce(
      (sum, slider, i) => sum * steps[i].length + Number(slider.value),
      setting,
    );
    sliders.forEach((slider, i) => {
      slider.nextElementSibling.value = steps[i][slider.value];
      slider.setAttribute("aria-valuetext", steps[i][slider.value]);
    });
    image.src = addresses[frame];
    strip.querySelector("figcaption").textContent = film.sentences[frame];
  };
  const go = (frame) => {
    setting = Math.floor(frame / frames);
    for (let i = sliders.length - 1; i >= 0; i--) {
      sliders[i].value = frame % steps[i].length;
      frame = Math.floor(frame / steps[i].length);
    }
    show();
  };
  sliders.forEach((slider) => slider.addEventListener("input", show));
  strip.querySelectorAll("button").forEach((button) =>
    button.addEventListener("click", () => go(film.buttons[button.textContent])),
  );
  go(film.buttons["Reset"]);

  // The pictures are fetched, and kept, when the strip comes near the window.
  new IntersectionObserver(
    (entries, observer) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      strip.pictures = addresses.map((address) => Object.assign(new Image(), { src: address }));
    },
    { rootMargin: "1000px" },
  ).observe(strip);
}
