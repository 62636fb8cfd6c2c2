import type { Page } from "playwright-core";

/** What a page lacks for people who cannot see well, or not at all, or use no pointer; empty when it lacks nothing. */
export function accessibilityFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const visible = (element: Element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    const describe = (element: Element) =>
      `${element.tagName.toLowerCase()} “${(element.textContent ?? "").slice(0, 40)}” ${element.className}`;

    // Names: every control says what it is.
    for (const control of document.querySelectorAll(
      "button, a[href], input, select, [role=img], [role=combobox], table, nav, img",
    )) {
      if (!visible(control)) continue;
      const labelled = (control.getAttribute("aria-labelledby") ?? "")
        .split(" ")
        .map((id) => document.getElementById(id)?.textContent);
      const labels =
        control instanceof HTMLInputElement || control instanceof HTMLSelectElement ? [...(control.labels ?? [])] : [];
      const name = [
        control.getAttribute("aria-label"),
        ...labelled,
        ...labels.map((label) => label.textContent),
        control.textContent,
      ].join("");
      if (control instanceof HTMLImageElement ? !control.hasAttribute("alt") : !name.trim())
        faults.push(`no name: ${describe(control)}`);
    }

    // Structure: one main, one h1, no skipped level, a language, unique ids.
    if (document.querySelectorAll("main").length !== 1) faults.push("not exactly one main");
    if (document.querySelectorAll("h1").length !== 1) faults.push("not exactly one h1");
    const levels = [...document.querySelectorAll("h1, h2, h3, h4")]
      .filter(visible)
      .map(({ tagName }) => Number(tagName[1]));
    for (const [index, level] of levels.entries())
      if (level > (levels[index - 1] ?? 0) + 1) faults.push(`skipped heading h${level}`);
    if (!document.documentElement.lang) faults.push("no language");
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index))) faults.push(`id twice: ${id}`);
    for (const holder of document.querySelectorAll("[aria-controls], [aria-labelledby]"))
      for (const id of (holder.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean))
        if (!document.getElementById(id)) faults.push(`label is not there: ${id}`);

    // Size: a pointer target is at least 24 by 24 CSS px, or has room around it (WCAG 2.2, 2.5.8).
    for (const target of document.querySelectorAll("button, select, input:not([type=radio])")) {
      const { width, height } = target.getBoundingClientRect();
      if (visible(target) && width > 0 && Math.min(width, height) < 20)
        faults.push(`small target ${width}×${height}: ${describe(target)}`);
    }

    // Contrast of text: 4.5:1, large text 3:1 (WCAG 2.2, 1.4.3). Disabled controls are exempt.
    type Color = [red: number, green: number, blue: number, alpha: number];
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
    const colorOf = (css: string): Color => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = css;
      canvas.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
      return [red!, green!, blue!, alpha! / 255];
    };
    const over = (top: Color, ground: Color): Color =>
      [0, 1, 2].map((channel) => top[channel]! * top[3] + ground[channel]! * (1 - top[3])).concat(1) as Color;
    const groundOf = (element: Element | null): Color =>
      element
        ? over(colorOf(getComputedStyle(element).backgroundColor), groundOf(element.parentElement))
        : [255, 255, 255, 1];
    const luminance = (color: Color) => {
      const [red, green, blue] = color.slice(0, 3).map((channel) => {
        const share = channel / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
    };
    for (const element of document.querySelectorAll("body *")) {
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim());
      if (
        !own ||
        !visible(element) ||
        element.closest(":disabled, [data-disabled], script, style, noscript, option, svg")
      )
        continue;
      const style = getComputedStyle(element);
      const ground = groundOf(element);
      const [light, dark] = [luminance(over(colorOf(style.color), ground)), luminance(ground)].sort((a, b) => b - a);
      const contrast = (light! + 0.05) / (dark! + 0.05);
      const large =
        Number.parseFloat(style.fontSize) >= 24 ||
        (Number.parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
      if (contrast < (large ? 3 : 4.5)) faults.push(`contrast ${contrast.toFixed(2)}: ${describe(element)}`);
    }
    return faults;
  });
}
