import { type ExpertCredential, longTermToken } from './credential';
import { writeXml } from './xml';

/** Shorter ones are found in every text; they are no secrets but slips of the pen. */
const MIN_SECRET_CHARS = 4;

/** Characters of what {@link LOOKS_SECRET} takes for a secret by its length alone. */
const LONG_SECRET_CHARS = 40;

/** A value with its scheme, a server token, a JWT, and whatever is as long as no word. */
const LOOKS_SECRET =
	/\b(Bearer|Basic)(\s|%20|\+)+\S+|\btkn_\S+|\beyJ[\w-]+\.[\w.-]+|[\w+=-]{40,}/gi;

/** Every secret of a credential, and what is made of it for the site. */
export function secretsOf(credential: ExpertCredential, deliveryAuthorization = ''): string[] {
	const { tokenKey, tokenSecret, signingSecret, previousSigningSecret } = credential;
	const schemed = [credential.deliveryToken, deliveryAuthorization].map(withoutScheme);
	return [
		...[longTermToken(credential), tokenKey, tokenSecret, signingSecret, previousSigningSecret],
		...schemed,
		...schemed.flatMap(userAndPassword),
	]
		.map((secret) => secret?.trim() ?? '')
		.filter((secret) => secret.length >= MIN_SECRET_CHARS);
}

/**
 * Puts `[hidden]` in the place of everything that proves something: a site can repeat what it was
 * sent. What is known is found in any usual spelling; for the rest its looks decide.
 *
 * @param maxChars how much of the text is looked at; what is returned ends somewhat earlier then
 */
export function redact(text: string, secrets: string[], maxChars = Infinity): string {
	const known = secrets.flatMap(spellings).sort((a, b) => b.length - a.length);
	const hidden = known
		.reduce((left, secret) => left.replaceAll(secret, '[hidden]'), text.slice(0, maxChars))
		.replace(LOOKS_SECRET, '[hidden]');
	if (text.length <= maxChars) return hidden;
	// Where the text was cut, the first part of a secret may stand, which nothing has recognized.
	return hidden.slice(0, -Math.max(LONG_SECRET_CHARS, known[0]?.length ?? 0));
}

function spellings(secret: string): string[] {
	const bytes = Buffer.from(secret);
	return [
		secret,
		encodeURIComponent(secret),
		JSON.stringify(secret).slice(1, -1),
		// As it was sent to the site, within XML.
		writeXml('a', { b: secret }).slice('<a><b>'.length, -'</b></a>'.length),
		bytes.toString('base64'),
		bytes.toString('base64url'),
		bytes.toString('hex'),
	];
}

function withoutScheme(value = ''): string {
	return value.trim().replace(/^(Bearer|Basic)\s+/i, '');
}

/** What a Basic token stands for; of any other token this is noise that occurs nowhere. */
function userAndPassword(token: string): string[] {
	const plain = Buffer.from(token, 'base64').toString();
	const colon = plain.indexOf(':');
	return colon < 0 ? [] : [plain, plain.slice(colon + 1)];
}
