// Run inside a page by tests in a browser: what a person with eyes or a keyboard would notice.

/** The label of what the keyboard is at. */
function focusedLabel() {
	const element = document.activeElement;
	const label = element.ariaLabel ?? element.labels?.[0]?.firstChild.textContent;
	return (label ?? element.textContent).trim().split('\n')[0];
}

/** What reaches beyond the screen, except inside a box that scrolls. */
function sticksOut() {
	const { clientWidth, scrollWidth } = document.documentElement;
	const elements = [...document.body.querySelectorAll('*')];
	const out = elements.filter(
		(element) =>
			!element.closest('.scroll *') && element.getBoundingClientRect().right > clientWidth + 1,
	);
	const page = scrollWidth > clientWidth ? [`the page is ${scrollWidth} wide`] : [];
	return [...page, ...out.map((element) => element.outerHTML.slice(0, 100))];
}

/** Each visible text with the contrast to what is behind it, and how light that is (0 to 1). */
function contrasts() {
	const elements = [...document.body.querySelectorAll('*')].filter(
		(element) => element.checkVisibility() && [...element.childNodes].some(isText),
	);
	return elements.map((element) => {
		const text = lightness(getComputedStyle(element).color);
		const back = lightness(backgroundOf(element));
		const [light, dark] = [Math.max(text, back), Math.min(text, back)];
		const contrast = (light + 0.05) / (dark + 0.05);
		return { text: element.textContent.trim().slice(0, 40), contrast, back };
	});
}

function isText({ nodeType, textContent }) {
	return nodeType === Node.TEXT_NODE && textContent.trim() !== '';
}

function backgroundOf(element) {
	const { backgroundColor } = getComputedStyle(element);
	const isSeenThrough = /^rgba\(.*, 0\)$/.test(backgroundColor);
	if (isSeenThrough && element.parentElement) return backgroundOf(element.parentElement);
	return isSeenThrough ? 'rgb(255, 255, 255)' : backgroundColor;
}

/** Relative luminance, as WCAG defines it. */
function lightness(color) {
	const parts = color.match(/[\d.]+/g).slice(0, 3);
	const [red, green, blue] = parts.map((part) => {
		const value = part / 255;
		return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

Object.assign(globalThis, { focusedLabel, sticksOut, contrasts });
