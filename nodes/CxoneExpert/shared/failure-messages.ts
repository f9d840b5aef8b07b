import type { ApiFailure, Task } from '../api/failure';

/** Two texts for people: what happened, and what to do next. */
export interface UserMessage {
	message: string;
	description: string;
}

/** What a status means for a call. */
export interface StatusMessage extends UserMessage {
	/** It names the thing that the call is about: neither the status nor what was being done adds to it. */
	isWhole?: boolean;
}

/** Messages by HTTP status. */
export type StatusMessages = Partial<Record<number, StatusMessage>>;

/** Webhooks need an admin, and a site that has them enabled. */
export const WEBHOOKS_NOT_ALLOWED: UserMessage = {
	message: 'Expert did not allow this',
	description:
		'Webhooks need a valid token whose user has the Admin role, and a site for which NiCE has enabled webhooks. Open the CXone Expert API credential and run its test: with a Signing Secret, it tells which is missing.',
};

/** 403 where the archive was asked for. */
export const ADMINS_ONLY: UserMessage = {
	message: 'Only admins may see the archive',
	description:
		'Use a token of a user with the Admin role. If you do, the token may have expired: then Expert treats the call as anonymous. Run the test of the CXone Expert API credential.',
};

const TOO_LONG: UserMessage = {
	message: 'The request is too long for the Expert site',
	description:
		'Check what is entered in the node: a path, a name or a search text may hold a whole document.',
};

const BY_STATUS: Record<number, UserMessage> = {
	401: {
		message: 'Expert did not accept the token',
		description: 'Open the CXone Expert API credential, enter the token again and run its test.',
	},
	403: WEBHOOKS_NOT_ALLOWED,
	404: {
		message: 'Expert did not find this item',
		description: 'Check the Site URL in the credential. If it is right, the item has been removed.',
	},
	409: {
		message: 'Expert reported a conflict with something that already exists',
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

/** The Site URL of the credential is empty or not an address. */
export const BAD_SITE: UserMessage = {
	message: 'The Site URL is not a web address',
	description:
		'Open the CXone Expert API credential and enter the address of your site, such as https://help.example.com.',
};

/** No machine has the name in the Site URL, as far as n8n's own machine can find out. */
const UNKNOWN_SITE: UserMessage = {
	message: 'There is no site at the Site URL',
	description:
		'Check the Site URL in the CXone Expert API credential. If a browser can open it, the machine that runs n8n cannot look up its name.',
};

/** The Site URL begins with http: the token would travel in clear text, so nothing is sent. */
export const INSECURE_SITE: UserMessage = {
	message: 'The Site URL begins with http instead of https',
	description:
		'The token would travel unencrypted, so nothing was sent. Open the CXone Expert API credential and enter the Site URL with https.',
};

const BY_KIND: Record<Exclude<ApiFailure['kind'], 'http-status'>, UserMessage> = {
	anonymous: {
		message: 'The site does not accept the token',
		description:
			'The site rejects the call or treats it as anonymous. Enter the token again in the CXone Expert API credential, and check that it has not been removed under Site Tools > Dashboard > Integrations > API Token Management. A server token also needs the right user name, and the right time on the machine that runs n8n.',
	},
	'budget-exceeded': {
		message: 'The Expert site took too long',
		description: 'The site is slow. Wait a minute and try again.',
	},
	timeout: {
		message: 'The Expert site did not respond in time',
		description: 'Check that the site opens in a browser from where n8n runs, then try again.',
	},
	unreachable: {
		message: 'The Expert site could not be reached',
		description:
			'Check the Site URL in the credential, and that n8n may connect to it (firewall, proxy, certificate).',
	},
	redirect: {
		message: 'The address of the Expert site redirects to another address',
		description:
			'Open the site in a browser and enter the address that it shows as Site URL in the credential.',
	},
	html: {
		message: 'The address returned a web page instead of the Expert API',
		description:
			'Check the Site URL in the credential. A sign-in page or a proxy in front of the site can also be the cause.',
	},
	unexpected: {
		message: 'The Expert site returned an unexpected response',
		description:
			'Check the Site URL in the credential and try again. If it happens again, send this text to NiCE support.',
	},
	'too-large': {
		message: 'The response of the Expert site is too large',
		description: 'It is longer than this node reads. Ask for less, such as a shorter period.',
	},
	'bad-site': BAD_SITE,
	'insecure-site': INSECURE_SITE,
};

/** The credential alone is the reason, whatever was being done. */
const BY_CREDENTIAL: ReadonlySet<ApiFailure['kind']> = new Set([
	'anonymous',
	'bad-site',
	'insecure-site',
]);

/** What was being done, to finish the sentence "while n8n tried to …". */
const TASKS: Record<Task, (subject: string) => string> = {
	'add-event': (event) => `add the event "${event}" to the webhook`,
	'check-token': () => 'check the token',
	'enable-webhook': () => 'enable the webhook',
	'find-changes': (below) => `find what was changed below ${below}`,
	'find-token-user': () => 'find the user of the token for "Ignore Own Changes"',
	'list-archive': () => 'list the pages in the archive',
	'list-revisions': (page) => `list the revisions of page ${page}`,
	'list-subpages': (page) => `list the pages below page ${page}`,
	'list-webhooks': () => 'list the webhooks of the site',
	'look-up-users': () => 'look up the names in "Exclude Users"',
	'read-archived-page': (id) => `read page ${id} in the archive`,
	'read-page': (label) => `read ${label}`,
	'read-webhook': () => 'read the webhook',
	'register-webhook': () => 'register the webhook',
	'remove-event': (event) => `remove the event "${event}" from the webhook`,
	'remove-webhook': () => 'remove the webhook',
	'restore-events': () => 'add the events to the webhook again',
	'set-up-webhook': () => 'set up the webhook',
	'update-webhook': () => 'update the webhook',
};

/** What only the caller knows of a call. */
export interface FailureContext {
	/** What was being done, where the failure names no task. */
	doing?: string;
	/** What a status means for this call, where the general message does not fit. */
	messages?: StatusMessages;
}

/** Turns a failure into what happened and what to do. */
export function failureMessage(
	failure: ApiFailure,
	{ doing, messages = {} }: FailureContext = {},
): UserMessage {
	const code = failure.status ?? 0;
	const { message, description, isWhole }: StatusMessage =
		failure.kind === 'http-status'
			? (messages[code] ?? unknownEvent(failure) ?? BY_STATUS[code] ?? BY_KIND.unexpected)
			: (unknownSite(failure) ?? BY_KIND[failure.kind]);
	const status = failure.status === undefined || isWhole ? '' : ` (${failure.status})`;
	const task = failure.task === undefined ? doing : TASKS[failure.task](failure.subject ?? '');
	const isUnsaid = isWhole || task === undefined || BY_CREDENTIAL.has(failure.kind);
	const during = isUnsaid ? '' : ` while n8n tried to ${task}`;
	return {
		message: `${message}${status}${during}`,
		description: [description, ...details(failure)].join(' '),
	};
}

/** A typing error, most of the time: the event is named first, as a toast shows little. */
function unknownEvent({ status, task, subject }: ApiFailure): StatusMessage | undefined {
	if (status !== 400 || task !== 'add-event') return undefined;
	return {
		message: `Your Expert site does not know the event "${subject}"`,
		description: 'Check its name under "Additional Events". Your site may have fewer events.',
		isWhole: true,
	};
}

/** A typing error, or a machine that knows no names of the internet. */
function unknownSite({ networkCode }: ApiFailure): StatusMessage | undefined {
	return networkCode === 'ENOTFOUND' ? { ...UNKNOWN_SITE, isWhole: true } : undefined;
}

/** Message and description of a failure in one text. */
export function failureText(failure: ApiFailure, context?: FailureContext): string {
	const { message, description } = failureMessage(failure, context);
	return `${message}. ${description}`;
}

function details({ siteMessage, networkCode = '', detail }: ApiFailure): string[] {
	const said = siteMessage === undefined ? undefined : `The site said: ${siteMessage}`;
	const reason = networkCode === 'ENOTFOUND' ? undefined : networkMessage(networkCode);
	return [said, reason, detail].filter((text) => text !== undefined);
}

/** Why there was no connection: n8n puts its own text in place of one with such a code. */
export function networkMessage(code: string): string | undefined {
	if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'The host name is not known.';
	if (code === 'ECONNREFUSED') return 'Nothing responds at that address.';
	if (code === 'ECONNRESET' || code === 'EPIPE') return 'The connection was cut.';
	if (isCertificateProblem(code)) return 'The certificate of the site is not trusted.';
	return undefined;
}

/** Whether a connection failed because of TLS, e.g. `CERT_HAS_EXPIRED`. */
export function isCertificateProblem(networkCode: string): boolean {
	return /CERT|LEAF_SIGNATURE|SSL|TLS|EPROTO/.test(networkCode);
}
