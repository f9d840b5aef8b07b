import type { Site } from './site/site.mts';

/** A small site to look at. Done before any webhook exists, it delivers nothing. */
export function seedSite(site: Site): void {
	const add = (path: string, title: string, tag: string, text: string) =>
		site.createPage(path, { title, html: `<p>${text}</p>`, tags: [`article:${tag}`] });
	add('Category_1', 'Phones', 'topic-category', 'Everything about phones.');
	add('Category_1/Guide_1', 'First steps', 'topic-guide', 'Start here.');
	add('Category_1/Guide_1/Switch_on', 'Switch on', 'topic', 'Press the button for two seconds.');
	add('Category_1/Guide_1/Reset', 'Reset the phone', 'topic', 'Hold both buttons.');
	add('Category_2', 'Billing', 'topic-category', 'Invoices and payment.');
	add('Category_2/Guide_2', 'Read your invoice', 'topic-guide', 'What each line means.');
}
