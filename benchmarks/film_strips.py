"""Film strips: how many of 90 presses of an arrow key, 60 in a second, the site shows.

The keys go up and down the first slider of each strip. A press counts as shown where the picture
of its step is loaded and in the page at the animation frame after it, which then paints it. The
target is 80. `make site` comes first.
"""

import asyncio

from playwright.async_api import async_playwright

from tests import lab

PAGES = sorted((lab.ROOT / "site").glob("notebooks/**/*.html"))
PRESSES, HERTZ = 90, 60

WATCH = """strip => {
    const image = strip.querySelector("img"), slider = strip.querySelector("input");
    strip.shown = 0;
    slider.addEventListener("input", () => {
        const wanted = image.src;
        requestAnimationFrame(() => {
            strip.shown += image.src === wanted && image.complete && image.naturalWidth > 0;
        });
    });
}"""


def main():
    if not PAGES:
        print("There is no site to measure: make site")
        return
    asyncio.run(measure())


async def measure():
    async with async_playwright() as playwright:
        path = lab.find_chromium(playwright)
        browser = await playwright.chromium.launch(executable_path=path, args=lab.CHROMIUM_OPTIONS)
        page = await browser.new_page(viewport={"width": 1300, "height": 900})
        keyboard = await page.context.new_cdp_session(page)
        for path in PAGES:
            await page.goto(path.as_uri())
            for strip in await page.locator(".film-strip").all():
                await strip.scroll_into_view_if_needed()
                await page.wait_for_timeout(2000)
                await strip.evaluate(WATCH)
                slider = strip.locator("input").first
                await slider.press("Home")
                await strip.evaluate("strip => strip.shown = 0")
                steps = int(await slider.get_attribute("max"))
                await press(keyboard, steps)
                await page.wait_for_timeout(500)
                shown = await strip.evaluate("strip => strip.shown")
                name = (await strip.get_attribute("data-address")).split("/")[-1]
                print(f"{name:31} {shown} of {PRESSES}")
        await browser.close()


async def press(keyboard, steps):
    """Send the keys in time, without waiting for the browser's answers."""
    loop, sent = asyncio.get_running_loop(), []
    start = loop.time()
    for i in range(PRESSES):
        key = "ArrowRight" if i // steps % 2 == 0 else "ArrowLeft"
        code = {"ArrowRight": 39, "ArrowLeft": 37}[key]
        event = {"type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code}
        sent.append(asyncio.create_task(keyboard.send("Input.dispatchKeyEvent", event)))
        await asyncio.sleep(max(0, start + (i + 1) / HERTZ - loop.time()))
    await asyncio.gather(*sent)
