import { redact } from './redact';
import { child, readXml, textOf } from './xml';

/** Characters of a message that people see. */
const MAX_MESSAGE_CHARS = 200;

/**
 * The message inside a response of 400 and above. Expert has two styles of error body, and proxies
 * have their own: take `message` if it is there, else the start of the plain text.
 */
export function siteMessage(body: string, secrets: string[]): string | undefined {
	const read = readXml(body);
	const text = read.ok
		? (textOf(read.value.root, 'message') ?? textOf(child(read.value.root, 'error'), 'message'))
		: body.trimStart().startsWith('<')
			? undefined
			: (jsonMessage(body) ?? body);
	const short = redact(text ?? '', secrets)
		.replace(/\s+/g, ' ')
		.trim()
		.slice(0, MAX_MESSAGE_CHARS);
	return short === '' ? undefined : short;
}

function jsonMessage(body: string): string | undefined {
	try {
		const { message } = JSON.parse(body) as { message?: unknown };
		return typeof message === 'string' ? message : undefined;
	} catch {
		return undefined;
	}
}
