/** Attributes of an element, by their names in lower case. */
export type Attributes = Record<string, string>;

/** Elements without text that a reader reads. */
const NOT_READ = new Set([
	...['applet', 'audio', 'button', 'canvas', 'datalist', 'dialog', 'embed', 'frameset', 'head'],
	...['input', 'link', 'meta', 'noembed', 'noframes', 'noscript', 'object', 'script', 'select'],
	...['style', 'svg', 'template', 'textarea', 'title', 'video'],
]);

/** Scripts and comments of authors, which an editor keeps in paragraphs and code. */
const NOT_SHOWN = new Set(['mt-script-comment', 'script-css', 'script-jem']);

/** Whether an element is no text of the page: docs/vendor-facts.md#reading-pages. */
export function isLeftOut(name: string, attributes: Attributes, isHiddenKept = false): boolean {
	if (NOT_READ.has(name) || attributes.role === 'button') return true;
	const hidden = attributes['data-llm-no-index'];
	if (hidden !== undefined && hidden !== 'false' && !isHiddenKept) return true;
	return classesOf(attributes).some(
		(each) => NOT_SHOWN.has(each) || /^mt-empty-state(-|$)|^mt-.*listings?(-|$)/.test(each),
	);
}

/** What runs: the site runs `script` before readers get the page. Source: docs/vendor-facts.md#writing-pages. */
export function isScript(name: string, attributes: Attributes): boolean {
	if (name === 'script' || name === 'style') return true;
	return classesOf(attributes).some((each) => each === 'script' || NOT_SHOWN.has(each));
}

export function classesOf({ class: classes = '' }: Attributes): string[] {
	return classes.split(/\s+/);
}
