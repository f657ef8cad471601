"""Opens the page of matches of a running platform in a browser, and tells as JSON what it shows: python match_page.py CHROMIUM URL KEY.

Somebody signs in, lets skills count for most, says that the second match is of interest and that the third is not, and comes back.
"""

import json
import sys

from playwright.sync_api import Page, sync_playwright


def main(chromium: str, url: str, key: str) -> dict[str, object]:
    with sync_playwright() as playwright:
        flags = ["--disable-gpu", "--disable-background-networking", "--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page()
        page.set_default_timeout(60_000)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{url}/matches")
        page.get_by_label("Key begins").fill(key)
        page.get_by_role("button", name="Sign in").click()
        page.locator(".match").nth(2).wait_for()
        told: dict[str, object] = {"first": shown(page)}
        page.get_by_role("slider", name="Skills").fill("90")
        told["reweighed"] = shown(page)
        page.goto(f"{url}/matches")
        _, liked, refused = list(shown(page))[:3]
        page.locator(f"#job-{liked}").get_by_role("button", name="Interested in").click()
        page.locator(f"#job-{liked}[data-interested]").wait_for()
        page.locator(f"#job-{refused} .refuse summary").click()
        page.locator(f"#job-{refused}").get_by_role("button", name="Take it away").click()
        page.locator(f"#job-{refused} .gone").wait_for()
        page.goto(f"{url}/matches")
        page.locator(".match").first.wait_for()
        told |= {"liked": liked, "refused": refused, "last": shown(page), "complaints": complaints}
        browser.close()
        return told


def shown(page: Page) -> dict[str, float]:
    """The cards as they stand, once the page is whole: id → score."""
    # The document's own word: the driver's may still be of the page before.
    page.wait_for_function("document.readyState === 'complete'")
    cards = page.locator(".match").evaluate_all("all => all.map(card => [card.dataset.id, card.dataset.score])")
    return {job: float(score) for job, score in cards}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])))
