import { bareToken, type ExpertCredential } from './credential';
import { writeXml } from './xml';

/** Shorter values occur in every text: they are typos, not secrets. */
const MIN_SECRET_CHARS = 4;

/** Shortest word that {@link LOOKS_SECRET} treats as a secret. */
const LONG_SECRET_CHARS = 40;

/** A value with its scheme, a server token, a JWT, or anything too long to be a word. */
const LOOKS_SECRET = /\b(Bearer|Basic)(\s|%20|\+)+\S+|\btkn_\S+|\beyJ[\w-]+\.[\w.-]+|[\w+=-]{40,}/gi;

/** All secrets of a credential, and those derived from them for the site. */
export function secretsOf(credential: ExpertCredential, deliveryAuthorization = ''): string[] {
	const { tokenKey, tokenSecret, signingSecret, previousSigningSecret } = credential;
	const schemed = [credential.deliveryToken, deliveryAuthorization].map(withoutScheme);
	return [
		...[bareToken(credential), tokenKey, tokenSecret, signingSecret, previousSigningSecret],
		...schemed,
		...schemed.flatMap(userAndPassword),
	]
		.map((secret) => secret?.trim() ?? '')
		.filter((secret) => secret.length >= MIN_SECRET_CHARS);
}

/** Limits the search: people only see the beginning, and redacting megabytes is slow. */
const MAX_SEARCHED_CHARS = 16 * 1024;

/**
 * Replaces every secret with `[hidden]`, as a site can repeat what it was sent. Finds known secrets
 * in all usual encodings, unknown ones by their looks. A text longer than what is searched is cut somewhat earlier.
 */
export function redact(text: string, secrets: string[]): string {
	const known = secrets.flatMap(spellings).sort((a, b) => b.length - a.length);
	const hidden = known
		.reduce((left, secret) => left.replaceAll(secret, '[hidden]'), text.slice(0, MAX_SEARCHED_CHARS))
		.replace(LOOKS_SECRET, '[hidden]');
	if (text.length <= MAX_SEARCHED_CHARS) return hidden;
	// The cut may leave the start of a secret, too short to recognise.
	return hidden.slice(0, -Math.max(LONG_SECRET_CHARS, known[0]?.length ?? 0));
}

/** Makes foreign text safe for the log: one short line. */
export function printable(entered: string): string {
	return entered.replace(/\p{C}/gu, '?').slice(0, 100);
}

/** Does the same for text from the site, and removes secrets. */
export function printableOfSite(text: string): string {
	return printable(redact(text, []));
}

function spellings(secret: string): string[] {
	const bytes = Buffer.from(secret);
	return [
		secret,
		encodeURIComponent(secret),
		JSON.stringify(secret).slice(1, -1),
		// This is how it is sent to the site, within XML.
		writeXml('a', { b: secret }).slice('<a><b>'.length, -'</b></a>'.length),
		bytes.toString('base64'),
		bytes.toString('base64url'),
		bytes.toString('hex'),
	];
}

function withoutScheme(value = ''): string {
	return value.trim().replace(/^(Bearer|Basic)\s+/i, '');
}

/** User and password of a Basic token; for other tokens this is noise that matches nothing. */
function userAndPassword(token: string): string[] {
	const plain = Buffer.from(token, 'base64').toString();
	const colon = plain.indexOf(':');
	return colon < 0 ? [] : [plain, plain.slice(colon + 1)];
}
