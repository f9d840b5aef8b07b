/** Why a delivery is rejected. The reason goes to the log, only the status to the sender. */
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
