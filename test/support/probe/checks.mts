import { attribute, child, textOf } from '../../../nodes/CxoneExpert/api/xml.ts';
import { pageKey } from '../../../nodes/CxoneExpert/api/path-segment.ts';
import { send } from '../http.mts';
import { DeliveryListener } from './listener.mts';
import { type ProbeOptions, Refusal } from './options.mts';
import { infoAt, ownOf } from './own.mts';
import { Seen } from './seen.mts';
import { hasAttribute, isSuccess, type ProbedSite, Unreachable } from './site.mts';

/* Preconditions of a probe. Each refusal says what to do. */

/** A request through a tunnel takes longer than one without. */
const REACH_LIMIT_MS = 15_000;

/**
 * Who we are for the site (a rejected token can get 200 as Anonymous), and whether the page below
 * which the probe may write exists.
 *
 * @throws Refusal
 */
export async function firstLook(site: ProbedSite, options: ProbeOptions): Promise<Seen> {
	const user = await callerAt(site);
	// Who is an admin by a group is one here only.
	const effective = textOf(child(user, 'permissions.effective'), 'operations');
	const isByRole = textOf(child(user, 'permissions.user'), 'role') === 'Admin';
	const isAdmin = effective === undefined ? isByRole : effective.split(',').includes('ADMIN');
	if (options.webhook !== undefined && !isAdmin) {
		throw new Refusal(
			'--webhook needs a token whose user has the Admin role. Use such a token, or leave --webhook out.',
		);
	}
	if (options.below !== undefined) await assertPage(site, options.below);
	const seen = new Seen(options.credential, ownOf(options, attribute(user, 'id') ?? ''));
	return Object.assign(seen, { isAdmin });
}

async function callerAt(site: ProbedSite) {
	const response = await site.call({ path: '/users/current' }).catch((error: unknown) => {
		if (!(error instanceof Unreachable)) throw error;
		throw new Refusal(`The site cannot be reached (${error.message}). Check the address.`);
	});
	const { status, document } = response;
	if (status === 401 || status === 403 || hasAttribute(response, 'anonymous', 'true')) {
		throw new Refusal(
			'The site does not accept the token. Check that it belongs to this site and has not been removed there; a server token also needs the right user and the right time on this machine.',
		);
	}
	if (isSuccess(response) && document?.name === 'user') return document.root;
	throw new Refusal(
		`This address does not respond as an Expert site does (${status}): open the site in a browser, and use what it shows.`,
	);
}

async function assertPage(site: ProbedSite, path: string): Promise<void> {
	const page = await infoAt(site, pageKey(path));
	if (page && attribute(page, 'redirect') !== 'true') return;
	throw new Refusal(
		'There is no page at the path of --below. Enter the path as the address of the page shows it after the name of the site; a page that only redirects does not count.',
	);
}

/**
 * Takes deliveries on this machine, and makes sure that the public address leads to it.
 *
 * @throws Refusal
 */
export async function openListener(
	{ port, webhook }: Pick<ProbeOptions, 'port' | 'webhook'>,
	{ own }: Seen,
): Promise<DeliveryListener> {
	const listener = await DeliveryListener.open(port, own).catch(() => {
		throw new Refusal(
			`Port ${port} of this machine is not free. Choose another one with --port, and lead the tunnel there.`,
		);
	});
	const reach = async (path: string) => await send(webhook + path, { timeoutMs: REACH_LIMIT_MS });
	if (await listener.isReached(reach)) return listener;
	await listener.close();
	throw new Refusal(
		`The address of --webhook does not lead to port ${port} of this machine. Start the tunnel, and enter the https address that it shows.`,
	);
}
