export interface UserMessage {
	message: string;
	description: string;
	/** Replaces the description for a model, which sees no editor and may lack other tools. */
	toModel?: string;
}

/** What people do about what a message says, and what a model does. */
export type Advice = Omit<UserMessage, 'message'>;

export interface StatusMessage extends UserMessage {
	/** The message is complete; don't append status or action. */
	isWhole?: boolean;
}

export type StatusMessages = Partial<Record<number, StatusMessage>>;

/** Facts about a failure. Safe to show and log: no token, no request. */
interface Facts {
	kind: Kind;
	status?: number | undefined;
	/** A web page, perhaps from a firewall or proxy rather than Expert. */
	isWebPage?: true;
	/** The site lacks the call itself; the thing it names may exist. */
	lacksCall?: true | undefined;
	/** Completes the sentence "while n8n tried to …". */
	doing?: string | undefined;
	messages?: StatusMessages | undefined;
	/** The call is to change something. */
	isWrite?: boolean;
	/** Replaces the general message: why the node refuses, or what is known of a rejected token. */
	says?: UserMessage;
	/** We refuse because of what is in the credential. */
	isCredentialRefused?: true;
	/** The call that failed, where the refusal says what was done before it. */
	failedCall?: ExpertError | undefined;
	retryAfterMs?: number | undefined;
	/** The site's own message, redacted and shortened. */
	siteMessage?: string | undefined;
	/** E.g. `ECONNREFUSED`. */
	networkCode?: string | undefined;
	/** Element missing from the response, or attribute as in `page/@id`. */
	missing?: string | undefined;
	detail?: string | undefined;
}

type Kind =
	| 'anonymous' // the site rejects the token without saying so
	| 'budget-exceeded' // the whole operation ran out of time
	| 'timeout' // no response within the limit of one call
	| 'unreachable' // no connection: name, port, certificate, reset
	| 'redirect'
	| 'http-status' // status of 400 and above
	| 'html' // a web page instead of XML
	| 'unexpected' // a success that makes no sense
	| 'too-large' // a success longer than we read
	| 'refused'; // our own refusal, because of settings, input or what was found

/** A failure at the site: thrown where the cause is known, caught where n8n needs an answer. */
export class ExpertError extends Error {
	readonly description: string;
	/** The description for a model. */
	readonly toModel: string;
	readonly kind: Kind;
	readonly status: number | undefined;
	readonly retryAfterMs: number | undefined;
	readonly siteMessage: string | undefined;
	readonly detail: string | undefined;
	readonly failedCall: ExpertError | undefined;
	private readonly facts: Facts;

	constructor(facts: Facts) {
		const { message, description, toModel } = messageOf(facts);
		super(message);
		this.name = 'ExpertError';
		this.facts = facts;
		this.description = description;
		this.toModel = toModel;
		({ kind: this.kind, status: this.status, retryAfterMs: this.retryAfterMs } = facts);
		({ siteMessage: this.siteMessage, detail: this.detail, failedCall: this.failedCall } = facts);
	}

	with(facts: Partial<Facts>): ExpertError {
		return new ExpertError({ ...this.facts, ...facts });
	}

	/** The site lacks the call: a feature that is not enabled, or not yet released. */
	get lacksCall(): boolean {
		return this.facts.lacksCall ?? false;
	}

	get text(): string {
		return `${this.message}. ${this.description}`;
	}

	/** The texts followed by advice, for an error that explains this one. */
	textsWith(advice: string): Advice {
		return { description: `${this.text} ${advice}`, toModel: `${this.message}. ${this.toModel} ${advice}` };
	}

	get isNotFound(): boolean {
		const isGone = this.status === 404 || this.status === 410;
		return this.kind === 'http-status' && isGone && !this.lacksCall;
	}

	/** Retrying will not help. A firewall's response does not count as the site's refusal. */
	get isRefusal(): boolean {
		const { kind, status = 0, isWebPage } = this.facts;
		const isFinal = [401, 403, 404, 410].includes(status) || this.lacksCall;
		return kind === 'http-status' && !isWebPage && isFinal;
	}

	/** The token is rejected, its user lacks the right, or the site lacks the call. */
	get isDenied(): boolean {
		return this.isRefusal && !this.isNotFound;
	}

	/** Somebody has to mend the credential. */
	get blamesCredential(): boolean {
		const { kind, status, isCredentialRefused = false } = this.facts;
		return kind === 'anonymous' || (status === 401 && this.isRefusal) || isCredentialRefused;
	}

	/** Our user may not see it. An expired token gets the same response. */
	get isHidden(): boolean {
		return this.status === 403 && this.isRefusal;
	}

	/** The call may have taken effect, or may still do so. */
	get mayHaveBeenDone(): boolean {
		const { kind, status = 0 } = this.facts;
		return !UNDONE.has(kind) && !(kind === 'http-status' && status < 500);
	}
}

const UNDONE: ReadonlySet<Kind> = new Set(['anonymous', 'redirect', 'refused']);

/** Error for bad settings, input or site state, where no call failed. */
export function refusal(says: UserMessage): ExpertError {
	return new ExpertError({ kind: 'refused', says });
}

/** Error for a credential that is missing, or that keeps us from making a call. */
export function credentialRefusal(says: UserMessage): ExpertError {
	return refusal(says).with({ isCredentialRefused: true });
}

/** Error for a site that has not said that it did what it was asked. @param missing part of its response */
export function unconfirmed(says: UserMessage, missing?: string): ExpertError {
	return new ExpertError({ kind: 'unexpected', says, missing });
}

/** Refuses a response without `missing`, e.g. `page/@id`: never write by guess. */
export function refuseWithout(missing: string, doing: string): never {
	throw new ExpertError({ kind: 'unexpected', missing, doing });
}

/** Returns our own errors, and rethrows anything else as a bug. */
export function asExpertError(thrown: unknown): ExpertError {
	if (thrown instanceof ExpertError) return thrown;
	throw thrown;
}

/** Returns the error that `work` throws; `undefined` if it succeeds. */
export async function errorOf(work: Promise<unknown>): Promise<ExpertError | undefined> {
	return await work.then(() => undefined, asExpertError);
}

/** Gives up on what may be missing, whatever the site says. */
export async function undefinedIfFailed<T>(work: Promise<T>): Promise<T | undefined> {
	const made = await work.catch(asExpertError);
	return made instanceof ExpertError ? undefined : made;
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

export const ADMINS_ONLY: UserMessage = {
	message: 'Only admins may see the archive',
	description:
		'Use a token of a user with the Admin role. If you do, the token may have expired: then Expert treats the call as anonymous. Run the test of the CXone Expert API credential.',
};

const TOO_LONG: UserMessage = {
	message: 'The request is too long for the Expert site',
	description: 'Check what is entered in the node: a path, a name or a search text may hold a whole document.',
	toModel: 'Pass less: a path, a name or a search text may hold a whole document.',
};

const BEHIND_PROXY: UserMessage = {
	message: 'The Expert site could not be reached',
	description:
		'A proxy responded in its place. Wait a minute and try again. If it happens again, open the site in a browser, and check the proxy of n8n.',
};

/** 400 with a reason from the site. */
export const REFUSED: UserMessage = {
	message: 'Expert refused this',
	description: 'Check the values in the node.',
	toModel: 'Check the values that you passed.',
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
		description: 'Check what is there and what is entered in the node, then try again.',
		toModel: 'Check what is there and what you passed, then try again.',
	},
	414: TOO_LONG,
	429: {
		message: 'Expert asked to slow down',
		description: 'Too many calls reached the site at once. Wait a minute and try again.',
	},
	431: TOO_LONG,
	502: BEHIND_PROXY,
	503: {
		message: 'Expert is busy at the moment',
		description: 'The site asked to try again later. Wait a minute and try again.',
	},
	504: BEHIND_PROXY,
};

export const NO_SUCH_CALL: UserMessage = {
	message: 'The Expert site does not support this call',
	description:
		'Ask your NiCE contact whether your site can have this feature. If other calls fail, too, check the Site URL in the CXone Expert API credential.',
};

export const BAD_SITE: UserMessage = {
	message: 'The Site URL is not a web address',
	description:
		'Open the CXone Expert API credential and enter the address of your site, such as https://help.example.com.',
};

/** The host name of the Site URL does not resolve on n8n's machine. */
const UNKNOWN_SITE: UserMessage = {
	message: 'There is no site at the Site URL',
	description:
		'Check the Site URL in the CXone Expert API credential. If a browser can open it, the machine that runs n8n cannot look up its name.',
};

export const INSECURE_SITE: UserMessage = {
	message: 'The Site URL begins with http instead of https',
	description:
		'The token would travel unencrypted, so nothing was sent. Open the CXone Expert API credential and enter the Site URL with https.',
};

/** Nobody knows as whom a site would read what a token names no user in. */
export const NO_USER: UserMessage = {
	message: 'There is no user to call the site as',
	description:
		"'Run As User' is empty in the CXone Expert API credential, or its expression gives nothing for this item. Enter a user, or see to it that each item names one.",
	toModel: 'Say that the person who asks has no user in Expert yet, so that nothing can be looked up for them.',
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
		description: 'Check the Site URL in the credential, and that n8n may connect to it (firewall, proxy, certificate).',
	},
	redirect: {
		message: 'The address of the Expert site redirects to another address',
		description: 'Open the site in a browser and enter the address that it shows as Site URL in the credential.',
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

const UNCONFIRMED: UserMessage = {
	message: 'Expert did not confirm this',
	description: 'It may be done, in part, or not at all. Look at it in Expert before you run the node again.',
	toModel: 'It may be done, in part, or not at all. Read what is there before you try again.',
};

function messageOf(facts: Facts): Required<UserMessage> {
	const { kind, status, doing } = facts;
	const { message, description, toModel = description, isWhole } = generalMessage(facts);
	const code = status === undefined || isWhole ? '' : ` (${status})`;
	// The token alone is to blame, whatever the call was.
	const isPlain = isWhole || doing === undefined || kind === 'anonymous';
	const during = isPlain ? '' : ` while n8n tried to ${doing}`;
	return {
		message: `${message}${code}${during}`,
		description: withFacts(description, facts),
		toModel: withFacts(toModel, facts),
	};
}

function withFacts(advice: string, facts: Facts): string {
	const said = siteSaid(facts);
	const parts = SAYS_WHY.has(facts.status) ? [...said, advice] : [advice, ...said];
	return [...lacks(facts), ...parts, ...details(facts)].join(' ');
}

/** Statuses with many causes: only the site knows which, so its own text comes first. */
const SAYS_WHY: ReadonlySet<unknown> = new Set([400, 409, 412]);

function siteSaid({ siteMessage, status }: Facts): string[] {
	if (siteMessage === undefined) return [];
	const isSentence = !SAYS_WHY.has(status) || /[.!?]$/.test(siteMessage);
	return [`The site said: ${siteMessage}${isSentence ? '' : '.'}`];
}

function generalMessage(facts: Facts): StatusMessage {
	const { kind, says, networkCode, isWrite } = facts;
	if (kind === 'refused' || says !== undefined) return { ...says!, isWhole: true };
	if (kind === 'http-status') return statusMessage(facts);
	if (kind === 'unexpected' && isWrite) return UNCONFIRMED;
	// The cause is a typo, or a machine without public DNS.
	return networkCode === 'ENOTFOUND' ? { ...UNKNOWN_SITE, isWhole: true } : BY_KIND[kind];
}

function statusMessage({ status = 0, messages, siteMessage }: Facts): StatusMessage {
	// A 400 without a reason is probably a proxy's, not Expert's.
	if (status === 400 && siteMessage === undefined) return BY_KIND.unexpected;
	const plain = status === 400 ? REFUSED : BY_STATUS[status];
	return messages?.[status] ?? plain ?? BY_KIND.unexpected;
}

/** Names what is missing first, because n8n truncates long texts. */
function lacks({ missing }: Facts): string[] {
	return missing === undefined ? [] : [`Missing in the response: ${missing}.`];
}

function details({ networkCode = '', detail }: Facts): string[] {
	const reason = networkCode === 'ENOTFOUND' ? undefined : networkMessage(networkCode);
	return [reason, detail].filter((text) => text !== undefined);
}

/** Explains a connection failure. */
export function networkMessage(code: string): string | undefined {
	if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'The host name is not known.';
	if (code === 'ECONNREFUSED') return 'Nothing responds at that address.';
	if (code === 'ECONNRESET' || code === 'EPIPE') return 'The connection was cut.';
	if (isCertificateProblem(code)) return 'The certificate of the site is not trusted.';
	return undefined;
}

/** Whether TLS made the connection fail, e.g. `CERT_HAS_EXPIRED`. */
export function isCertificateProblem(networkCode: string): boolean {
	return /CERT|LEAF_SIGNATURE|SSL|TLS|EPROTO/.test(networkCode);
}

/** Number and noun: "1 delivery", "3 deliveries". */
export function counted(count: number, one: string, several: string): string {
	return `${count} ${count === 1 ? one : several}`;
}
