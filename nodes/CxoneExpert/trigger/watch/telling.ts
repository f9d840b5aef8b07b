import { type ITriggerFunctions, NodeOperationError } from 'n8n-workflow';

import type { UserMessage } from '../../api/expert-error';

const HOUR_MS = 3_600_000;
/** A site that is busy or restarts is nothing to tell anybody. */
const REPORT_AFTER_CHECKS = 3;

interface Kind {
	/** Where a check has no message of its own. */
	message?: UserMessage;
	/** A failed execution says it, too, and starts the error workflow. */
	fails?: true;
	/** Said once so many checks in a row have found it. */
	after?: number;
	/** Said again after this at the earliest, also when all was well in between. */
	pauseMs?: number;
}

const PAUSE = 'It is enabled again after a pause of up to an hour.';

/** What a look at the webhook, or at the site, has found or done, and what people are told of it. */
export const FINDINGS = {
	fine: {},
	/** Registered again, enabled or completed. */
	repaired: {},
	/** Unpublished or published again meanwhile: nothing is known, nothing is said. */
	stopped: {},
	'disabled by a person': {
		message: {
			message: 'The webhook is disabled at the site, so no event starts the workflow',
			description:
				'Expert gives no reason, so somebody has probably disabled it, and it stays disabled. Enable it with "Webhook: Enable" or in the Expert Dashboard, or unpublish the workflow if it is not to start.',
		},
		fails: true,
	},
	/** This is a copy of the n8n that has registered it. */
	'registered elsewhere': {
		message: {
			message: 'The webhook is not at the site under the address that n8n serves now',
			description:
				'It was registered under another address, by another n8n perhaps, so nothing is registered by itself. If this n8n is to receive the events, unpublish the workflow and publish it again.',
		},
	},
	/** Nothing says that it ever was: this may be a copy, too. */
	'never registered': {
		message: {
			message: 'The webhook is not at the site, and n8n has no record of registering it',
			description:
				"n8n's command line has published the workflow perhaps, which registers nothing, or what was stored with the workflow was lost. Nothing is registered by itself, because this n8n may be a copy of another one. If it is to receive the events, unpublish the workflow and publish it again in the editor.",
		},
		fails: true,
	},
	/** "Watch: Repair Webhook" is off. */
	'not as it should be': {
		message: {
			message: 'The webhook is not as it should be at the site',
			description:
				"'Watch: Repair Webhook' is off in the trigger. Switch it on, or unpublish the workflow and publish it again.",
		},
	},
	/** Expert keeps disabling it: it is enabled again later. */
	paused: { fails: true },
	/** Once more, after it had been enabled. */
	'paused again': {
		message: { message: 'Expert has disabled the webhook again', description: PAUSE },
	},
	/** The webhook is fine, and none of its deliveries is accepted. */
	'deliveries refused': { fails: true, pauseMs: HOUR_MS },
	/** As the site counts them. A cause that comes to light later is told all the same. */
	'deliveries failed': { fails: true, pauseMs: HOUR_MS },
	/** No row of "Page Paths" had a page when the workflow was published. */
	'paths lead nowhere': { fails: true },
	/** The site, or the credential, does not allow asking: nothing but a person can change that. */
	refused: { fails: true },
	unreachable: { fails: true, after: REPORT_AFTER_CHECKS },
} as const satisfies Record<string, Kind>;

export type FindingKind = keyof typeof FINDINGS;

export interface Finding {
	finding: FindingKind;
	/** Instead of the message that all of its kind have. */
	message?: UserMessage;
}

/** What is looked at. Of each people are told apart. */
export type Subject = 'webhook' | 'deliveries' | 'paths' | 'changes' | 'deletions';

/** What was said of a subject since it was last fine. */
interface Outage {
	said: Set<FindingKind>;
	last?: FindingKind;
	/** Checks in a row with the last finding. */
	inARow: number;
}

/** Says each finding once, until its subject is fine or repaired. Kept in memory. */
export class Telling {
	private readonly n8n: ITriggerFunctions;
	private readonly outages = new Map<Subject, Outage>();
	/** Ms of the monotonic clock. */
	private readonly saidAt = new Map<FindingKind, number>();

	constructor(n8n: ITriggerFunctions) {
		this.n8n = n8n;
	}

	/** @param isCopy of n8n, which is no reason to alert anybody */
	tell(subject: Subject, { finding, message }: Finding, isCopy = false): void {
		if (finding === 'stopped') return;
		if (finding === 'fine' || finding === 'repaired') return this.end(subject, finding);
		const outage = this.outages.get(subject) ?? { said: new Set(), inARow: 0 };
		this.outages.set(subject, outage);
		outage.inARow = outage.last === finding ? outage.inARow + 1 : 1;
		outage.last = finding;
		if (!this.isDue(finding, outage)) return;
		outage.said.add(finding);
		this.saidAt.set(finding, performance.now());
		const kind: Kind = FINDINGS[finding];
		const fails = kind.fails === true && !isCopy;
		const says = (message ?? kind.message)!;
		if (subject !== 'changes' && subject !== 'deletions') return this.say('webhook', says, fails);
		const what = `Missed ${subject} cannot be recovered for now: ${says.message}`;
		this.say('recovery', { ...says, message: what }, fails);
	}

	/**
	 * Says it, whatever was said before.
	 *
	 * @param about what, for the log
	 * @param fails a failed execution says it, too
	 */
	say(
		about: 'recovery' | 'token' | 'webhook',
		{ message, description }: UserMessage,
		fails: boolean,
	): void {
		const { n8n } = this;
		const node = n8n.getNode();
		n8n.logger.warn(`CXone Expert ${about} of "${node.name}": ${message}. ${description}`);
		if (fails) n8n.saveFailedExecution(new NodeOperationError(node, message, { description }));
	}

	private end(subject: Subject, finding: FindingKind): void {
		const { said } = this.outages.get(subject) ?? {};
		this.outages.delete(subject);
		if (subject !== 'webhook' || finding === 'repaired' || !said?.size) return;
		this.n8n.logger.info(
			`The CXone Expert webhook of "${this.n8n.getNode().name}" is up to date again`,
		);
	}

	private isDue(finding: FindingKind, { said, inARow }: Outage): boolean {
		const { after = 1, pauseMs = 0 }: Kind = FINDINGS[finding];
		const ageMs = performance.now() - (this.saidAt.get(finding) ?? -Infinity);
		return !said.has(finding) && inARow >= after && ageMs >= pauseMs;
	}
}
