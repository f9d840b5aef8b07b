import { redact } from '../api/redact';
import { child, readXml, textOf } from '../api/xml';

/** Why an API call did not give what was asked for. `status` is the HTTP status, if there was one. */
export interface ApiFailure {
	kind:
		| 'anonymous' // the token is not accepted, and the site does not say so
		| 'gave up' // the time for the whole operation is over
		| 'no answer' // nothing within the time for one call
		| 'not reachable' // no connection: name, port, certificate, reset
		| 'redirect'
		| 'refused' // an HTTP status of 400 and above
		| 'web page' // HTML where XML was expected
		| 'unexpected' // a success whose content makes no sense
		| 'bad site' // the Site URL is not an address
		| 'insecure site' // a Site URL with http: nothing was sent
		| 'no secret'; // neither the credential nor the site has a signing secret
	status?: number;
	/** A sentence with what is known beyond that: never anything that we sent. */
	detail?: string;
	/** Where a redirect leads, as the site put it. It can hold a signature: not for people. */
	location?: string;
}

/** Two texts for people: what happened, and what to do next. */
export interface UserMessage {
	message: string;
	description: string;
}

/** What a status means, by status. */
export type StatusMessages = Partial<Record<number, UserMessage>>;

/** Webhooks need an admin, and a site that has them. */
export const WEBHOOKS_NOT_ALLOWED: UserMessage = {
	message: 'Expert did not allow this',
	description:
		'Open the CXone Expert API credential and run its test. It tells whether the token is wrong or expired, its user lacks the Admin role, or you have to ask your NiCE contact to enable webhooks for your site.',
};

const TOO_LONG: UserMessage = {
	message: 'What was asked for is too long for the Expert site',
	description:
		'Check what is entered: a whole text may stand where a path, a name or words to look for belong.',
};

const BY_STATUS: Record<number, UserMessage> = {
	401: {
		message: 'Expert did not accept the token',
		description: 'Open the CXone Expert API credential, enter the token again and run its test.',
	},
	403: WEBHOOKS_NOT_ALLOWED,
	404: {
		message: 'Expert did not find what was asked for',
		description:
			'Check the Site URL in the credential. If it is right, the item was removed meanwhile.',
	},
	409: {
		message: 'Expert reported a conflict with something that exists already',
		description: 'Wait a moment and try again.',
	},
	414: TOO_LONG,
	429: {
		message: 'Expert asked to slow down',
		description: 'Too many calls reached the site at once. Wait a minute and try again.',
	},
	431: TOO_LONG,
	503: {
		message: 'Expert is busy at the moment',
		description: 'The site asked to try again later. Wait a minute and try again.',
	},
};

/** The Site URL of the credential is empty or no address. */
export const BAD_SITE: UserMessage = {
	message: 'The Site URL is not a web address',
	description:
		'Open the CXone Expert API credential and enter the address of your site, such as https://help.example.com.',
};

/** The Site URL begins with http: the token would travel in clear text, so nothing is sent. */
export const INSECURE_SITE: UserMessage = {
	message: 'The Site URL begins with http instead of https',
	description:
		'The token would travel unencrypted, so nothing was sent. Open the CXone Expert API credential and enter the Site URL with https.',
};

const BY_KIND: Record<Exclude<ApiFailure['kind'], 'refused'>, UserMessage> = {
	anonymous: {
		message: 'The site does not accept the token',
		description:
			'It refuses the call or treats it as anonymous. Enter the token again in the CXone Expert API credential, and check that it has not been removed under Site Tools > Dashboard > Integrations > API Token Management. A server token also needs the right user name, and the right time on the machine of n8n.',
	},
	'gave up': {
		message: 'The Expert site took too long',
		description: 'Nothing was left behind that is in use. Wait a minute and try again.',
	},
	'no answer': {
		message: 'The Expert site did not answer in time',
		description: 'Check that the site opens in a browser from where n8n runs, then try again.',
	},
	'not reachable': {
		message: 'The Expert site could not be reached',
		description:
			'Check the Site URL in the credential, and that n8n may connect to it (firewall, proxy, certificate).',
	},
	redirect: {
		message: 'The address of the Expert site leads somewhere else',
		description:
			'Enter the address that the browser shows after the site has opened as Site URL in the credential.',
	},
	'web page': {
		message: 'The address answered with a web page instead of the Expert API',
		description:
			'Check the Site URL in the credential. A sign-in page or a proxy in front of the site can be the cause, too.',
	},
	unexpected: {
		message: 'The Expert site answered with something unexpected',
		description:
			'Check the Site URL in the credential and try again. If it stays, send this text to NiCE support.',
	},
	'bad site': BAD_SITE,
	'insecure site': INSECURE_SITE,
	'no secret': {
		message: 'The credential has no signing secret',
		description:
			'Enter the Signing Secret of your site in the CXone Expert API credential. If your site has none, switch off "Verify Signature" under Additional Options of the trigger.',
	},
};

/** The credential alone is the reason: what was to be done does not matter there. */
const BY_CREDENTIAL: ReadonlySet<ApiFailure['kind']> = new Set([
	'anonymous',
	'bad site',
	'insecure site',
	'no secret',
]);

/**
 * Turns a failure into words that say what happened and what to do.
 *
 * @param special what a status means for the call that was made, if that is something of its own
 */
export function failureMessage(
	failure: ApiFailure,
	doing: string,
	special: StatusMessages = {},
): UserMessage {
	const code = failure.status ?? 0;
	const advice =
		failure.kind === 'refused'
			? (special[code] ?? BY_STATUS[code] ?? BY_KIND.unexpected)
			: BY_KIND[failure.kind];
	const detail = failure.detail === undefined ? '' : ` ${failure.detail}`;
	const status = failure.status === undefined ? '' : ` (${failure.status})`;
	const during = BY_CREDENTIAL.has(failure.kind) ? '' : ` while n8n tried to ${doing}`;
	return {
		message: `${advice.message}${status}${during}`,
		description: `${advice.description}${detail}`,
	};
}

/** How much of a message is looked at: to look for secrets in megabytes takes too long. */
const MAX_MESSAGE_CHARS = 16 * 1024;

/**
 * The message inside an answer of 400 and above. Expert has two styles of error body, and proxies
 * have their own: take `message` if it is there, else the start of the plain text.
 */
export function siteMessage(body: string, secrets: string[]): string | undefined {
	const read = readXml(body);
	const text = read.ok
		? (textOf(read.document.root, 'message') ??
			textOf(child(read.document.root, 'error'), 'message'))
		: body.trimStart().startsWith('<')
			? undefined
			: (jsonMessage(body) ?? body);
	const short = redact(text ?? '', secrets, MAX_MESSAGE_CHARS)
		.replace(/\s+/g, ' ')
		.trim()
		.slice(0, 200);
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

/** Why there was no connection, in words: n8n puts its own text in place of one with such a code. */
export function networkMessage(code: string): string | undefined {
	if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'The name of the site is not known.';
	if (code === 'ECONNREFUSED') return 'Nothing answers at that address.';
	if (code === 'ECONNRESET' || code === 'EPIPE') return 'The connection was cut.';
	if (/CERT|SSL|TLS|EPROTO/.test(code)) return 'The certificate of the site is not trusted.';
	return undefined;
}
