import { counted } from '../../../api/expert-error';
import { printable } from '../../../api/redact';
import type { SiteJob, SiteJobType } from '../../../api/site';
import { isDisabledByExpert, type Webhook } from '../../../api/webhooks';
import { shownName } from '../../../event/choices';
import { type DeliveryFigures, readFigures } from '../../../metrics/delivery-figures';
import { isUnpublished } from '../../../metrics/trigger-node';
import { deliveryFindings } from './deliveries';

/** @param authorization what a trigger with this node's credential expects; secret */
export function findingsOf(
	webhook: Webhook,
	{ missing, twins }: { missing: string[]; twins: Webhook[] },
	authorization: string | undefined,
): string[] {
	// Whatever else is wrong with it would look repairable.
	if (isUnpublished(webhook.url)) return [ORPHAN];
	const isWithoutEvents = webhook.events.length === 0;
	const figures = readFigures(webhook.url);
	return [
		webhook.active ? failuresFinding(webhook) : offFinding(webhook),
		authorizationFinding(webhook, authorization),
		isWithoutEvents ? NO_EVENTS : missingFinding(missing),
		twinsFinding(webhook, twins),
		figures.checkFailure,
		filterFinding(figures),
		...figures.auditFindings.values(),
		...deliveryFindings(webhook, figures),
	].filter((finding) => finding !== undefined);
}

const ORPHAN =
	'Its workflow is not published, so n8n responds 404 to each delivery. Delete the webhook with Webhook > Delete, or publish the workflow again.';

function offFinding(webhook: Webhook): string {
	const { consecutiveFailures } = webhook;
	if (!isDisabledByExpert(webhook)) {
		return 'It is disabled. Expert gives no reason, so somebody has probably disabled it. Enable it with Webhook > Enable.';
	}
	const failures = `${deliveries(consecutiveFailures)} did not get through`;
	const after = consecutiveFailures === 0 ? '' : ` after ${failures}`;
	return `Expert has disabled it${after}. What happens while it is disabled is not delivered later: the trigger recovers pages that are created, edited or deleted meanwhile ('Watch: Recover Changes'). Other events do not come again.`;
}

function failuresFinding({ consecutiveFailures }: Webhook): string | undefined {
	if (consecutiveFailures === 0) return undefined;
	return `${deliveries(consecutiveFailures)} did not get through. Expert disables a webhook after several failures.`;
}

function deliveries(count: number): string {
	return counted(count, 'delivery', 'deliveries in a row');
}

/** Compares the values only if deliveries fail, because the trigger may have another credential. */
function authorizationFinding(
	{ active, consecutiveFailures, authorization }: Webhook,
	expected: string | undefined,
): string | undefined {
	const delivers = active && consecutiveFailures === 0;
	const isHidden = authorization === '';
	if (delivers || isHidden || expected === undefined || authorization === expected) return undefined;
	return 'What Expert sends as Authorization is not what a trigger with this credential expects. If the trigger has this credential, n8n refuses the deliveries. Unpublish and publish the workflow.';
}

const NO_EVENTS =
	'No event is registered, so nothing is delivered. Unpublish and publish the workflow, or use Webhook > Add Events.';

function missingFinding(missing: string[]): string | undefined {
	if (missing.length === 0) return undefined;
	return `Not registered: ${missing.map(shownName).join(', ')}. Add that with Webhook > Add Events, or unpublish and publish the workflow.`;
}

function twinsFinding({ id }: Webhook, twins: Webhook[]): string | undefined {
	if (twins.length === 0) return undefined;
	const ids = [id, ...twins.map((twin) => twin.id)].join(', ');
	return `${twins.length + 1} webhooks have this address (IDs ${ids}): each event is delivered that many times. Delete all but one with Webhook > Delete.`;
}

/** Fewer filtered deliveries prove nothing. */
const MIN_FILTERED = 5;
const MAX_NAMED_PATHS = 3;

/** A filter that lets nothing through looks like a quiet site; one dead row beside good ones goes unnoticed. */
function filterFinding({
	counts,
	deadPaths,
	since,
}: Pick<DeliveryFigures, 'counts' | 'deadPaths' | 'since'>): string | undefined {
	if (deadPaths.length > 0) {
		const rows = deadPaths.slice(0, MAX_NAMED_PATHS).map((path) => `"${printable(path)}"`);
		const more = deadPaths.length > MAX_NAMED_PATHS ? ', and others' : '';
		return `'Page Paths' of the trigger names ${rows.join(', ')}${more}, where the site had no page when the workflow was published: such a row lets nothing through until there is one. Correct it in the trigger and publish again.`;
	}
	const { accepted, duplicates, recovered, filtered } = counts;
	if (accepted + duplicates + recovered > 0 || filtered < MIN_FILTERED) return undefined;
	return `The filters of the trigger have let none of ${counted(filtered, 'delivery', 'deliveries')} through since ${new Date(since).toISOString()}. If more is wanted, check Page Paths first: a path begins below the home page, such as Guides/Setup.`;
}

const NAMES: Readonly<Record<SiteJobType, string>> = {
	IMPORT: 'An import',
	EXPORT: 'An export',
	FIND_AND_REPLACE: 'A find and replace',
};

/** Explains silence while all is well: docs/vendor-facts.md#concurrency-and-order. */
export function jobFinding({ type, status, completed = 0, total = 0 }: SiteJob): string {
	const progress = total > 0 ? ` (items done: ${completed} of ${total})` : '';
	const what = status === 'SUBMITTED' ? 'is waiting to run' : 'is running';
	return `${NAMES[type]} ${what} at the site${progress}. Expert can hold deliveries back until it is over.`;
}
