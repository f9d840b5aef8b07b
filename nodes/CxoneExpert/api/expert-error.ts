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

/** What is known of something that did not work. It can be shown and logged: no token, no request. */
interface Facts {
	kind: Kind;
	/** The HTTP status, if there was one. */
	status?: number | undefined;
	/** The response was a web page: that of a firewall or a proxy, maybe, and not what Expert says. */
	isWebPage?: true;
	/** The site does not have the call itself: nothing is said of the thing that it names. */
	lacksCall?: true | undefined;
	/** What was being done, to finish the sentence "while n8n tried to …". */
	doing?: string | undefined;
	/** What a status means for this call, where the general message does not fit. */
	messages?: StatusMessages | undefined;
	/** Why the node itself refuses, or what is known of a token that is not accepted. */
	says?: UserMessage;
	/** The site asks to be left alone for so long (`Retry-After`). */
	retryAfterMs?: number | undefined;
	/** What the site said, redacted and shortened. */
	siteMessage?: string | undefined;
	/** Why there was no connection, e.g. `ECONNREFUSED`. */
	networkCode?: string | undefined;
	/** What the response lacks: an element, or an attribute as in `page/@id`. */
	missing?: string | undefined;
	/** A sentence that a caller of the API has added. */
	detail?: string | undefined;
}

type Kind =
	| 'anonymous' // the token is not accepted, and the site does not say so
	| 'budget-exceeded' // the time for the whole operation is over
	| 'timeout' // nothing within the time for one call
	| 'unreachable' // no connection: name, port, certificate, reset
	| 'redirect'
	| 'http-status' // an HTTP status of 400 and above
	| 'html' // a web page where XML was expected
	| 'unexpected' // a success whose content makes no sense
	| 'too-large' // a success that is longer than what is read at once
	| 'refused'; // the node itself refuses: what is set, entered or found does not allow it

/**
 * Why something did not work at the Expert site. The message says what happened, the description what to do.
 * Thrown from the place that knows, caught where n8n needs an answer.
 */
export class ExpertError extends Error {
	readonly description: string;
	private readonly facts: Facts;

	constructor(facts: Facts) {
		const { message, description } = messageOf(facts);
		super(message);
		this.name = 'ExpertError';
		this.facts = facts;
		this.description = description;
	}

	/** With more that is known of it. */
	with(facts: Partial<Facts>): ExpertError {
		return new ExpertError({ ...this.facts, ...facts });
	}

	get kind(): Kind {
		return this.facts.kind;
	}

	get status(): number | undefined {
		return this.facts.status;
	}

	get retryAfterMs(): number | undefined {
		return this.facts.retryAfterMs;
	}

	get siteMessage(): string | undefined {
		return this.facts.siteMessage;
	}

	/** The site does not have the call: a feature that was not enabled for it, or not yet released. */
	get lacksCall(): boolean {
		return this.facts.lacksCall ?? false;
	}

	get detail(): string | undefined {
		return this.facts.detail;
	}

	/** Message and description in one text. */
	get text(): string {
		return `${this.message}. ${this.description}`;
	}

	/** The site says that there is no such thing, or not any more. */
	get isNotFound(): boolean {
		const isGone = this.status === 404 || this.status === 410;
		return this.kind === 'http-status' && isGone && !this.lacksCall;
	}

	/** Asking again will not help. What a firewall says is no refusal of the site's. */
	get isRefusal(): boolean {
		const { kind, status = 0, isWebPage } = this.facts;
		const isFinal = [401, 403, 404, 410].includes(status) || this.lacksCall;
		return kind === 'http-status' && !isWebPage && isFinal;
	}

	/** The site does not accept the token, its user lacks the right, or the site does not have the call. */
	get isDenied(): boolean {
		return this.isRefusal && !this.isNotFound;
	}

	/** Our user may not see it. With a token that has expired, the site says the same of others. */
	get isHidden(): boolean {
		return this.status === 403 && this.isRefusal;
	}

	/** The work of the call may have been done, or may still be done. */
	get mayHaveBeenDone(): boolean {
		const { kind, status = 0 } = this.facts;
		return !UNDONE.has(kind) && !(kind === 'http-status' && status < 500);
	}
}

const UNDONE: ReadonlySet<Kind> = new Set(['anonymous', 'redirect', 'refused']);

/** For what no call has failed of: settings, input, or the site, are not as they have to be. */
export function refusal(says: UserMessage): ExpertError {
	return new ExpertError({ kind: 'refused', says });
}

/**
 * Stops at a response that lacks what the next call is made of: nothing is written by guess.
 *
 * @param missing an element, or an attribute as in `page/@id`
 */
export function refuseWithout(missing: string, doing: string): never {
	throw new ExpertError({ kind: 'unexpected', missing, doing });
}

/** What was thrown by us; anything else is a fault of our own, and is thrown on. */
export function asExpertError(thrown: unknown): ExpertError {
	if (thrown instanceof ExpertError) return thrown;
	throw thrown;
}

/** What it has thrown; `undefined` when it has not. */
export async function errorOf(work: Promise<unknown>): Promise<ExpertError | undefined> {
	return await work.then(() => undefined, asExpertError);
}

export async function undefinedIfNotFound<T>(work: Promise<T>): Promise<T | undefined> {
	try {
		return await work;
	} catch (thrown) {
		const error = asExpertError(thrown);
		if (error.isNotFound) return undefined;
		throw error;
	}
}

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

/** A 400 for which the site gives a reason. */
export const REFUSED: UserMessage = {
	message: 'Expert refused this',
	description: 'Check the values in the node.',
};

const BY_STATUS: Record<number, UserMessage> = {
	401: {
		message: 'Expert did not accept the token',
		description: 'Open the CXone Expert API credential, enter the token again and run its test.',
	},
	403: {
		message: 'Expert did not allow this',
		description:
			'The user of the token may lack the right to do this, or the token may have expired: then Expert treats the call as anonymous. Run the test of the CXone Expert API credential, and look at the permissions of the user. Without an Enterprise license, a site may refuse every call.',
	},
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

/** The site has pages, files and the like, but not this. */
export const NO_SUCH_CALL: UserMessage = {
	message: 'The Expert site does not support this call',
	description:
		'Ask your NiCE contact whether your site can have this feature. If other calls fail, too, check the Site URL in the CXone Expert API credential.',
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

const BY_KIND: Record<Exclude<Kind, 'http-status' | 'refused'>, UserMessage> = {
	anonymous: {
		message: 'The site does not accept the token',
		description:
			'The site rejects the call or treats it as anonymous. Enter the token again in the CXone Expert API credential, and check that it has not been removed under Site Tools > Dashboard > Integrations > API Token Management.',
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
};

function messageOf(facts: Facts): UserMessage {
	const { kind, status, doing } = facts;
	const { message, description, isWhole } = generalMessage(facts);
	const code = status === undefined || isWhole ? '' : ` (${status})`;
	// Whatever was being done, the token alone is the reason.
	const isUnsaid = isWhole || doing === undefined || kind === 'anonymous';
	const during = isUnsaid ? '' : ` while n8n tried to ${doing}`;
	const said = siteSaid(facts);
	const parts = SAYS_WHY.has(status) ? [...said, description] : [description, ...said];
	return {
		message: `${message}${code}${during}`,
		description: [...lacks(facts), ...parts, ...details(facts)].join(' '),
	};
}

/** The same status has many causes: only the site knows which, so its own text comes first. */
const SAYS_WHY: ReadonlySet<unknown> = new Set([400, 409, 412]);

function siteSaid({ siteMessage, status }: Facts): string[] {
	if (siteMessage === undefined) return [];
	const isSentence = !SAYS_WHY.has(status) || /[.!?]$/.test(siteMessage);
	return [`The site said: ${siteMessage}${isSentence ? '' : '.'}`];
}

function generalMessage(facts: Facts): StatusMessage {
	const { kind, says, networkCode } = facts;
	if (kind === 'refused' || says !== undefined) return { ...says!, isWhole: true };
	if (kind === 'http-status') return statusMessage(facts);
	// A typing error, or a machine that knows no names of the internet.
	return networkCode === 'ENOTFOUND' ? { ...UNKNOWN_SITE, isWhole: true } : BY_KIND[kind];
}

function statusMessage({ status = 0, messages, siteMessage }: Facts): StatusMessage {
	// Without a reason it is hardly Expert that refuses: a proxy, maybe.
	if (status === 400 && siteMessage === undefined) return BY_KIND.unexpected;
	const plain = status === 400 ? REFUSED : BY_STATUS[status];
	return messages?.[status] ?? plain ?? BY_KIND.unexpected;
}

/** Before anything else: a long text is cut off where n8n shows it. */
function lacks({ missing }: Facts): string[] {
	return missing === undefined ? [] : [`Missing in the response: ${missing}.`];
}

function details({ networkCode = '', detail }: Facts): string[] {
	const reason = networkCode === 'ENOTFOUND' ? undefined : networkMessage(networkCode);
	return [reason, detail].filter((text) => text !== undefined);
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

/** The number with its word: "1 delivery", "3 deliveries". */
export function counted(count: number, one: string, several: string): string {
	return `${count} ${count === 1 ? one : several}`;
}
