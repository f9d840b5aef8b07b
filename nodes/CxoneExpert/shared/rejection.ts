/** Why a delivery is rejected. The sender gets only the status. */
export type RejectionReason =
	| 'authorization missing'
	| 'authorization wrong'
	| 'delivery id missing'
	| 'delivery id malformed'
	| 'timestamp missing'
	| 'timestamp malformed'
	| 'signature missing'
	| 'signature malformed'
	| 'signature wrong'
	| 'timestamp outside the window'
	| 'body too large'
	| 'body incomplete';

/** The status for each reason: the response table of the public contract. */
export const STATUS_BY_REASON: Readonly<Record<RejectionReason, number>> = {
	'authorization missing': 401,
	'authorization wrong': 401,
	'delivery id missing': 400,
	'delivery id malformed': 400,
	'timestamp missing': 400,
	'timestamp malformed': 400,
	'signature missing': 401,
	'signature malformed': 401,
	'signature wrong': 401,
	'timestamp outside the window': 401,
	'body too large': 413,
	'body incomplete': 400,
};

/** Whether the sender knows the token. Expert does not send again what was rejected. */
export function isFromExpert(reason: RejectionReason): boolean {
	return !reason.startsWith('authorization');
}

export interface Rejection {
	reason: RejectionReason;
	/** How long ago it was signed by the clock of n8n, where that is the reason; negative: ahead. */
	signedMinutesAgo?: number;
}
