import type { IDataObject } from 'n8n-workflow';
import type { RetryReason } from '../../../nodes/CxoneExpert/metrics/delivery-figures.ts';
import { STATUS_BY_REASON } from '../../../nodes/CxoneExpert/protocol/rejection.ts';

/** Of a page that is named by its path. */
const NAMED_BY_PATH = { page: { path: 'Guides/Setup' } };
const DELETED_PAGE = { deletedAt: '2026-05-07T11:45:00Z', deleted: true };
const DISABLED_WEBHOOK = { disabledReason: '1' };
const SEEN = { at: '2026-05-07T11:45:00Z', deliveryId: 'a' };

/**
 * Fields that an operation returns only sometimes: neither its scenarios nor the vendor's sample of
 * its call have them. `npm run docs` adds them to the schema of its output.
 */
export const SOMETIMES: Record<string, IDataObject> = {
	...each('page', NAMED_BY_PATH, ['getContents', 'getProperty', 'setProperty', 'getTags']),
	...each('page', NAMED_BY_PATH, ['addTags', 'removeTags', 'replaceTags']),
	'page.compareWithIndex': { hasMore: true },
	'page.get': DELETED_PAGE,
	'page.revert': { conflicts: 0 },
	'page.getBrokenLinks': { target: { name: 'manual.pdf' } },
	'page.getHealthReport': { page: { articleType: 'topic-guide' } },
	// The sample was asked for without them.
	'tag.getPages': { tags: ['faq'], articleType: 'faq' },
	// The sample is of nobody who signs in.
	'user.get': { email: 'jane.doe@example.com', lastLoginAt: '2026-05-03T06:45:00Z' },
	...each('webhook', DISABLED_WEBHOOK, ['get', 'getMany', 'enable', 'disable']),
	...each('webhook', DISABLED_WEBHOOK, ['addEvent', 'removeEvent']),
	'webhook.checkHealth': {
		...DISABLED_WEBHOOK,
		...{ workflow: { id: 'a', name: 'x' }, node: { id: 'a', name: 'x' } },
		deliveries: {
			refused: Object.fromEntries(Object.keys(STATUS_BY_REASON).map((reason) => [reason, 1])),
			refusedInARow: 1,
			toldToRetry: { late: 1, 'not saved': 1, 'not handled': 1 } satisfies Record<RetryReason, number>,
			...{ p50Ms: 1, p95Ms: 1, lastDelivery: SEEN },
			lastRefusal: { ...SEEN, reason: 'signature wrong', status: 401 },
		},
		deliveryTokenExpiresAt: '2026-05-07T11:45:00Z',
		runningJobs: [{ type: 'IMPORT', status: 'IN_PROGRESS', completed: 1, total: 5 }],
	},
	'webhook.sendTestDelivery': {
		...{ problem: 'x', whatToDo: 'x', status: 200, responseMs: 1, deliveryId: 'a' },
		steps: [{ step: 'x', ok: true, message: 'x' }],
	},
};

function each(resource: string, fields: IDataObject, operations: string[]) {
	return Object.fromEntries(operations.map((name) => [`${resource}.${name}`, fields]));
}
