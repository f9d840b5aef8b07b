import { clock } from './clock.mts';
import type { World } from './world.mts';

/* What must be so at the moment in which a failed execution tells it. */

interface Alert {
	says: RegExp;
	isSo: (world: World, number: number) => boolean;
}

/** Three checks and their calls. */
const CHECKED_MS = 20 * 60_000;

/** The first one that fits decides. */
const ALERTS: Alert[] = [
	{
		says: /^The webhook is disabled at the site/,
		isSo: ({ model }) => model.isDisabledByPerson,
	},
	{
		says: /^The webhook is not at the site, and n8n has no record/,
		isSo: ({ site, model }) => site.webhooks().length === 0 && model.putBackAt.length > 0,
	},
	{
		says: /^Expert keeps disabling the webhook/,
		isSo: ({ model }) => model.wasDisabledAgain,
	},
	{
		says: /^n8n has refused (\d+) deliveries in a row/,
		isSo: ({ n8n }, count) => n8n.refused >= count,
	},
	{
		says: /^Expert has counted (\d+) deliver/,
		isSo: ({ model }, count) => model.checks.at(-1)?.count === count,
	},
	{
		says: /credential of the trigger could not be read/,
		isSo: ({ n8n: { database } }) => database.wasTroubledSince(clock.now - CHECKED_MS),
	},
	{
		says: /./,
		isSo: ({ site: { apiCalls } }) =>
			apiCalls.some(({ at, status }) => at.getTime() > clock.now - CHECKED_MS && status !== 200),
	},
];

export function isTrue(text: string, world: World): boolean {
	const { says, isSo } = ALERTS.find((alert) => alert.says.test(text))!;
	return isSo(world, Number(says.exec(text)![1]));
}
