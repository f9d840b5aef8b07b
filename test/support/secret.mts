import { inspect } from 'node:util';

/** A secret, with a name for test messages. */
export interface Secret {
	name: string;
	value: string;
}

/** An `Authorization` value, and what of it is a secret without its scheme. */
export function authorizationSecrets(name: string, authorization: string): Secret[] {
	const token = authorization.replace(/^(Bearer|Basic)\s+/i, '').trim();
	const plain = Buffer.from(token, 'base64').toString();
	const password = /^Basic\b/i.test(authorization) ? plain.slice(plain.indexOf(':') + 1) : '';
	const basic = password === '' ? [] : [plain, password];
	return [token, ...basic].map((value) => ({ name, value }));
}

/** A server token, and its hash alone. */
export function serverTokenSecrets(name: string, token: string): Secret[] {
	return [token, token.slice(token.lastIndexOf('_') + 1)].map((value) => ({ name, value }));
}

/** Shorter ones are deliberate slips of the pen, and are found in any text. */
const SHORTEST = 7;

/** Which secrets a text or a file holds, in whatever spelling: `jwt in base64`. */
export function secretsIn(place: string | Uint8Array, secrets: Secret[]): string[] {
	const bytes = Buffer.from(place as Uint8Array);
	// By their text: the same one can be a secret in several ways, and most have no odd signs.
	const wanted = new Map(
		secrets
			.filter(({ value }) => value.length >= SHORTEST)
			.flatMap(({ name, value }) => spellings(value).map(([how, text]) => [text, `${name} ${how}`] as const))
			.toReversed(),
	);
	return [...new Set([...wanted].filter(([text]) => bytes.includes(text)).map(([, name]) => name))];
}

function spellings(secret: string): Array<[how: string, text: string]> {
	const bytes = Buffer.from(secret);
	return [
		['in clear', secret],
		['URL-encoded', encodeURIComponent(secret)],
		['escaped as in JSON', JSON.stringify(secret).slice(1, -1)],
		['escaped as in JavaScript', inspect(secret).slice(1, -1)],
		['escaped as in XML', secret.replace(/[&<>"]/g, (character) => XML_ESCAPES[character] ?? character)],
		['in hex', bytes.toString('hex')],
		['in hex', bytes.toString('hex').toUpperCase()],
		...[0, 1, 2].flatMap((offset) => {
			const inside = base64Inside(bytes, offset);
			const forUrls = inside.replaceAll('+', '-').replaceAll('/', '_');
			return [
				['in base64', inside],
				['in base64url', forUrls],
			] as Array<[string, string]>;
		}),
	];
}

const XML_ESCAPES: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
};

/**
 * The part of the base64 text that is the same for any text with these bytes at this offset modulo
 * 3.
 */
function base64Inside(bytes: Buffer, offset: number): string {
	const whole = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
	const start = [0, 2, 3][offset];
	return whole.slice(start, Math.floor(((offset + bytes.length) * 8) / 6));
}
