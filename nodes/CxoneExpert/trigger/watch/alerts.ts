import type { UserMessage } from '../../shared/failure-messages';
import type { CheckOutcome, LeftAlone } from './report';

/** What people were told of the present outage, so that they are told once. */
export interface AlertState {
	/** Checks in a row in which the site could not be asked. */
	readonly failedChecks: number;
	/** Each kind of trouble that was reported since the webhook was last up to date. */
	readonly reported: readonly Trouble[];
}

type Trouble = LeftAlone | 'refused' | 'unreachable';

/** Something to say, and whether as a failed execution, too, which starts the error workflow. */
export interface Alert {
	message: UserMessage;
	failsExecution: boolean;
}

export const NOTHING_REPORTED: AlertState = { failedChecks: 0, reported: [] };

/** A site that is busy or restarts is nothing to tell anybody. */
const REPORT_AFTER_CHECKS = 3;

/** What is to be said of a check, if anything, and what is known to have been said afterwards. */
export function alertOn(
	outcome: CheckOutcome,
	{ failedChecks, reported }: AlertState,
): { state: AlertState; alert?: Alert } {
	if (outcome.kind === 'up to date' || outcome.kind === 'repaired')
		return { state: NOTHING_REPORTED };
	if (outcome.kind === 'stopped') return { state: { failedChecks, reported } };
	const checks = outcome.kind === 'could not ask' ? failedChecks + 1 : 0;
	const trouble = troubleOf(outcome, checks);
	if (trouble === undefined || reported.includes(trouble)) {
		return { state: { failedChecks: checks, reported } };
	}
	const message = 'message' in outcome ? outcome.message : LEFT_ALONE[outcome.why];
	const failsExecution = ['refused', 'unreachable', 'paused', 'never registered'].includes(trouble);
	return {
		state: { failedChecks: checks, reported: [...reported, trouble] },
		alert: { message, failsExecution },
	};
}

function troubleOf(
	outcome: Extract<CheckOutcome, { kind: 'left alone' | 'could not ask' }>,
	failedChecks: number,
): Trouble | undefined {
	if (outcome.kind === 'left alone') return outcome.why;
	if (outcome.isRefused) return 'refused';
	return failedChecks >= REPORT_AFTER_CHECKS ? 'unreachable' : undefined;
}

const LEFT_ALONE: Readonly<Record<Exclude<LeftAlone, 'paused'>, UserMessage>> = {
	'disabled by a person': {
		message: 'The webhook is disabled at the site, and Expert gives no reason',
		description:
			'Somebody has probably disabled it, so it stays disabled. Enable it in the Expert Dashboard, or unpublish the workflow and publish it again.',
	},
	'not ours': {
		message: 'The webhook is not at the site under the address that n8n serves now',
		description:
			'It was registered under another address, by another n8n perhaps, so nothing is registered by itself. If this n8n is to receive the events, unpublish the workflow and publish it again.',
	},
	'never registered': {
		message: 'The webhook is not at the site, and n8n has no record of registering it',
		description:
			"n8n's command line has published the workflow perhaps, which registers nothing, or what was stored with the workflow was lost. Nothing is registered by itself, because this n8n may be a copy of another one. If it is to receive the events, unpublish the workflow and publish it again in the editor.",
	},
	'paused again': {
		message: 'Expert has disabled the webhook again',
		description: 'It is enabled again after a pause of up to an hour.',
	},
	'not wanted': {
		message: 'The webhook is not as it should be at the site',
		description:
			'"Repair Webhook" is off in the trigger. Switch it on, or unpublish the workflow and publish it again.',
	},
};
