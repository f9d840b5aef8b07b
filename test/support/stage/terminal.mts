import { styleText } from 'node:util';

/** Colours in a terminal only; styleText leaves them out elsewhere and for NO_COLOR. */
function paint(style: Parameters<typeof styleText>[0], text: string): string {
	return styleText(style, text, { stream: process.stdout });
}

export const bold = (text: string) => paint('bold', text);
export const dim = (text: string) => paint('dim', text);
export const green = (text: string) => paint('green', text);
export const red = (text: string) => paint('red', text);
export const cyan = (text: string) => paint('cyan', text);

/** The heading of a part of the demo. */
export function heading(text: string): void {
	console.log(`\n${bold(text)}`);
}

/** One fact: what it is about, and its value. */
export function fact(label: string, value: string): void {
	console.log(`  ${cyan(label.padEnd(11))} ${value}`);
}

export function passed(text: string): void {
	console.log(`  ${green('✓')} ${text}`);
}

export function remark(text: string): void {
	console.log(`  ${dim(text)}`);
}
