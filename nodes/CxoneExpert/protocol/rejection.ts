import { counted } from '../api/expert-error';
import type { FailureCause } from '../api/node-error';

export const PASS_ON_HEADERS =
	'If a proxy stands in front of n8n, let it pass on Authorization and all headers that begin with X-Nexus-.';

export const RAISE_BODY_LIMIT = 'Raise N8N_PAYLOAD_SIZE_MAX (in MiB) for all processes of n8n, and restart them.';

const HEADERS_LOST = `Expert sends it with each delivery. ${PASS_ON_HEADERS}`;

const OTHER_CALLER =
	'If the Expert Dashboard shows no failures, somebody other than Expert has called this address, and there is nothing to do.';

interface Reason {
	/** All that the sender gets. Part of the public contract. */
	status: number;
	/** Completes "because …", without a full stop. */
	problem: string;
	/** Full sentences: what to do. */
	advice: string;
	/** What n8n is told. By default, a setting of a proxy, of n8n or of a clock is wrong. */
	failure?: FailureCause;
	/** The sender need not know the token. */
	isFromAnyone?: true;
	/** It may fall away with another signing secret, or where none is needed. */
	dependsOnSecret?: true;
}

const REASONS = {
	'authorization missing': {
		status: 401,
		problem: 'it has no Authorization header',
		advice: `${HEADERS_LOST} ${OTHER_CALLER}`,
		isFromAnyone: true,
	},
	'authorization wrong': {
		status: 401,
		problem: 'its Authorization is not what the trigger has registered at the site',
		advice: `If the credential was changed, unpublish and publish the workflow (in a test: listen again), so that Expert learns the new value. ${OTHER_CALLER}`,
		isFromAnyone: true,
	},
	'delivery id missing': { status: 400, problem: 'it has no delivery ID', advice: HEADERS_LOST },
	'delivery id malformed': { status: 400, problem: 'its delivery ID cannot be read', advice: HEADERS_LOST },
	'timestamp missing': { status: 400, problem: 'it has no timestamp', advice: HEADERS_LOST, dependsOnSecret: true },
	'timestamp malformed': {
		status: 400,
		problem: 'its timestamp cannot be read',
		advice: HEADERS_LOST,
		dependsOnSecret: true,
	},
	'signature missing': {
		status: 401,
		problem: 'it has no signature',
		advice: `${HEADERS_LOST} If your site does not sign yet, ask NiCE Support for a Signing Secret; until you have it, clear 'Signing Secret' in the credential and turn on 'My Site Has No Signing Secret Yet'.`,
		dependsOnSecret: true,
	},
	'signature malformed': {
		status: 401,
		problem: 'its signature cannot be read',
		advice: HEADERS_LOST,
		dependsOnSecret: true,
	},
	'signature wrong': {
		status: 401,
		problem: 'its signature does not match the Signing Secret',
		advice:
			'Enter the Signing Secret of your site again in the CXone Expert API credential. If you do not have it, ask NiCE Support. While it changes, enter the old one as Previous Signing Secret. A proxy that changes the body has the same effect.',
		failure: 'credential-invalid',
		dependsOnSecret: true,
	},
	'timestamp outside the window': {
		status: 401,
		problem: 'it was signed too long ago, or in the future',
		advice: 'Compare the clock of the machine that runs n8n with the time at the site, and let it be set by NTP.',
	},
	'body too large': { status: 413, problem: 'it is larger than n8n accepts', advice: RAISE_BODY_LIMIT },
	'body incomplete': {
		status: 400,
		problem: 'its body was cut off or damaged',
		advice:
			'The connection broke, or a proxy in front of n8n changes bodies, limits their size or gives up early: look at its log.',
		failure: 'temporarily-unavailable',
	},
} satisfies Record<string, Reason>;

export type RejectionReason = keyof typeof REASONS;

function reasonOf(reason: RejectionReason): Reason {
	return REASONS[reason];
}

export const STATUS_BY_REASON = Object.fromEntries(
	Object.entries(REASONS).map(([reason, { status }]) => [reason, status]),
) as Readonly<Record<RejectionReason, number>>;

/** Whether the sender knows the token. Expert does not retry rejected deliveries. */
export function isFromExpert(reason: RejectionReason): boolean {
	return reasonOf(reason).isFromAnyone !== true;
}

/** Whether another signing secret may accept the delivery. */
export function dependsOnSecret(reason: RejectionReason): boolean {
	return reasonOf(reason).dependsOnSecret === true;
}

export interface Rejection {
	reason: RejectionReason;
	/** How long ago it was signed by n8n's clock, if that is the reason. It is negative in the future. */
	signedMinutesAgo?: number | undefined;
}

/** Thrown to reject a delivery, and caught where its response is sent. */
export class DeliveryRejected extends Error implements Rejection {
	readonly reason: RejectionReason;
	readonly signedMinutesAgo: number | undefined;

	constructor(reason: RejectionReason, signedMinutesAgo?: number) {
		super(reason);
		this.reason = reason;
		this.signedMinutesAgo = signedMinutesAgo;
	}
}

/** Explains a rejection, and what to do. Contains nothing that the sender wrote. */
export function rejectionMessage({
	reason,
	signedMinutesAgo,
}: Rejection): Required<Pick<Reason, 'problem' | 'advice' | 'failure'>> {
	const { failure = 'configuration-invalid', ...says } = reasonOf(reason);
	const { problem, advice } = signedMinutesAgo === undefined ? says : clockMessage(signedMinutesAgo);
	return { problem, advice, failure };
}

function clockMessage(minutesAgo: number): Pick<Reason, 'problem' | 'advice'> {
	const minutes = counted(Math.abs(minutesAgo), 'minute', 'minutes');
	if (minutesAgo < 0) {
		return {
			problem: `it was signed ${minutes} in the future by the clock of n8n`,
			advice:
				'The clock of n8n is behind, or that of the site is ahead. Let NTP set the clock of the machine that runs n8n.',
		};
	}
	return {
		problem: `it was signed ${minutes} ago by the clock of n8n`,
		advice:
			"If it is about something that has just happened, the clock of n8n is ahead: let NTP set it. If Expert sends old deliveries again, raise 'Deliveries: Max Age' in the trigger.",
	};
}
