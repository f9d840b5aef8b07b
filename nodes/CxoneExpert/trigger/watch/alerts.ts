import type { ITriggerFunctions } from 'n8n-workflow';

import { HOUR_MS } from '../../durations';
import type { UserMessage } from '../../api/expert-error';
import { type FailureCause, operationError } from '../../api/node-error';
import { NO_CREDENTIAL } from '../read-credential';

/** A site or n8n's database may be busy or restart; that needs no report. */
const REPORT_AFTER_CHECKS = 3;

interface Kind {
	/** A check's own message replaces it. */
	message?: UserMessage;
	/** Makes a failed execution, too, which starts the error workflow. A check's own cause replaces this one. */
	fails?: FailureCause;
	/** Reported after this many checks in a row with this finding. */
	after?: number;
	/** The check could not be made, which Check Health says as well. */
	isFailure?: true;
	/** Shortest time between two reports, even if all was well in between. */
	pauseMs?: number;
}

const PAUSE = 'It is enabled again after a pause of up to an hour.';

/** Findings and deeds of a check or a recovery, with how each is reported. */
export const FINDINGS = {
	fine: {},
	/** Registered again, enabled or completed. */
	repaired: {},
	'disabled by a person': {
		message: {
			message: 'The webhook is disabled at the site, so no event starts the workflow',
			description:
				'Expert gives no reason, so somebody has probably disabled it, and it stays disabled. Enable it with "Webhook: Enable" or in the Expert Dashboard, or unpublish the workflow if it is not to start.',
		},
		fails: 'configuration-invalid',
	},
	/** This is a copy of the n8n that registered it. */
	'registered elsewhere': {
		message: {
			message: 'The webhook is not at the site under the address that n8n serves now',
			description:
				'It was registered under another address, by another n8n perhaps, so nothing is registered by itself. If this n8n is to receive the events, unpublish the workflow and publish it again.',
		},
	},
	/** No record of a registration: this may be a copy as well. */
	'never registered': {
		message: {
			message: 'The webhook is not at the site, and n8n has no record of registering it',
			description:
				"n8n's command line has published the workflow perhaps, which registers nothing, or what was stored with the workflow was lost. Nothing is registered by itself, because this n8n may be a copy of another one. If it is to receive the events, unpublish the workflow and publish it again in the editor.",
		},
		fails: 'configuration-invalid',
	},
	/** "Watch: Repair Webhook" is off. */
	'not as it should be': {
		message: {
			message: 'The webhook is not as it should be at the site',
			description:
				"'Watch: Repair Webhook' is off in the trigger. Switch it on, or unpublish the workflow and publish it again.",
		},
	},
	/** Expert keeps disabling it; we enable it later. */
	paused: { fails: 'temporarily-unavailable' },
	/** Disabled once more after we enabled it. */
	'paused again': {
		message: { message: 'Expert has disabled the webhook again', description: PAUSE },
	},
	/** The webhook is fine, but n8n accepts none of its deliveries. */
	'deliveries refused': { fails: 'configuration-invalid', pauseMs: HOUR_MS },
	/** The site has counted them. A cause found later is still reported. */
	'deliveries failed': { fails: 'configuration-invalid', pauseMs: HOUR_MS },
	/** When the workflow was published, no row of "Page Paths" had a page. */
	'paths lead nowhere': { fails: 'configuration-invalid' },
	/** When the workflow was published, the site did not know a name in "Exclude Users". */
	'users unknown': { fails: 'configuration-invalid' },
	/** Expert has sent no event for changes; the audit has found them. */
	'no event': {},
	/** The audit cannot tell what was missed. */
	'no match': {},
	/** The site or the credential refuses. Only a person can change that. */
	refused: { fails: 'configuration-invalid', isFailure: true },
	/** n8n does not give the credential. */
	'no credential': {
		message: NO_CREDENTIAL,
		fails: 'credential-invalid',
		after: REPORT_AFTER_CHECKS,
		isFailure: true,
	},
	unreachable: {
		fails: 'temporarily-unavailable',
		after: REPORT_AFTER_CHECKS,
		isFailure: true,
	},
} as const satisfies Record<string, Kind>;

export type FindingKind = keyof typeof FINDINGS;

/** A message to report, with a cause if the check knows better than the finding. */
export interface Report extends UserMessage {
	failure?: FailureCause;
}

export interface Finding {
	finding: FindingKind;
	/** It replaces the general message of this finding. */
	message?: Report;
}

/** Returns what Check Health says, or `undefined` if the check could be made. */
export function failureOfCheck({ finding, message }: Finding): string | undefined {
	const kind: Kind = FINDINGS[finding];
	const says = message ?? kind.message;
	if (!kind.isFailure || says === undefined) return undefined;
	return `The last check of this webhook failed: ${says.message}. ${says.description}`;
}

/** Subject of an alert. Each alerts independently. */
export type Subject = 'webhook' | 'deliveries' | 'paths' | 'users' | 'changes' | 'deletions' | 'audit';

/** State of a subject since it was last fine. */
interface Outage {
	reported: Set<FindingKind>;
	last?: FindingKind;
	/** Consecutive checks with the last finding. */
	inARow: number;
}

/** Reports each finding once until its subject is fine or repaired. The state is kept in memory only. */
export class Alerts {
	private readonly n8n: ITriggerFunctions;
	private readonly outages = new Map<Subject, Outage>();
	/** Ms of the monotonic clock. */
	private readonly reportedAt = new Map<FindingKind, number>();

	constructor(n8n: ITriggerFunctions) {
		this.n8n = n8n;
	}

	/** @param isCopy of n8n: logs only */
	report(subject: Subject, { finding, message }: Finding, isCopy = false): void {
		if (finding === 'fine' || finding === 'repaired') return this.end(subject, finding);
		const outage = this.outages.get(subject) ?? { reported: new Set(), inARow: 0 };
		this.outages.set(subject, outage);
		outage.inARow = outage.last === finding ? outage.inARow + 1 : 1;
		outage.last = finding;
		if (!this.isDue(finding, outage)) return;
		outage.reported.add(finding);
		this.reportedAt.set(finding, performance.now());
		const kind: Kind = FINDINGS[finding];
		const text: Report = (message ?? kind.message)!;
		const fails = kind.fails && !isCopy ? (text.failure ?? kind.fails) : undefined;
		if (subject !== 'changes' && subject !== 'deletions') return this.send('webhook', text, fails);
		const what = `Missed ${subject} cannot be recovered for now: ${text.message}`;
		this.send('recovery', { ...text, message: what }, fails);
	}

	/**
	 * Sends it, whatever was reported before.
	 *
	 * @param about for the log
	 * @param fails makes a failed execution, too, with this cause
	 */
	send(about: 'recovery' | 'token' | 'webhook', says: UserMessage, fails: FailureCause | undefined): void {
		const { n8n } = this;
		const node = n8n.getNode();
		n8n.logger.warn(`CXone Expert ${about} of "${node.name}": ${says.message}. ${says.description}`);
		if (fails) n8n.saveFailedExecution(operationError(node, says, fails));
	}

	private end(subject: Subject, finding: FindingKind): void {
		const { reported } = this.outages.get(subject) ?? {};
		this.outages.delete(subject);
		if (subject !== 'webhook' || finding === 'repaired' || !reported?.size) return;
		this.n8n.logger.info(`The CXone Expert webhook of "${this.n8n.getNode().name}" is up to date again`);
	}

	private isDue(finding: FindingKind, { reported, inARow }: Outage): boolean {
		const { after = 1, pauseMs = 0 }: Kind = FINDINGS[finding];
		const ageMs = performance.now() - (this.reportedAt.get(finding) ?? -Infinity);
		return !reported.has(finding) && inARow >= after && ageMs >= pauseMs;
	}
}
