import type { FaultEffect } from './http/faults.mts';
import type { Settings } from './settings.mts';
import type { Simulator } from './simulator.mts';

interface Way {
	/** As offered on the site's page. */
	label: string;
	/** Returns what ends it. */
	begin: (simulator: Simulator) => () => void;
}

/** How the site can misbehave, to see what the nodes say of it; the first is not at all. */
export const WAYS: Record<string, Way> = {
	none: { label: 'Not at all', begin: () => () => {} },
	slow: fault('Each call takes 10 seconds', { delayMs: 10_000 }),
	forbidden: fault('Each call is refused (403)', { status: 403 }),
	broken: fault('Each call fails (500)', { status: 500 }),
	busy: fault('Too many calls (429)', { status: 429, headers: { 'Retry-After': '60' } }),
	signIn: fault('Each call gets a sign-in page', { body: 'login' }),
	unreachable: fault('Each connection breaks', { reset: true }),
	expired: {
		label: 'The long-term token has expired',
		begin: ({ tokens }) => {
			tokens.areExpired = true;
			return () => (tokens.areExpired = false);
		},
	},
	notAdmin: {
		label: 'The user of the token is no admin',
		begin: ({ site: { users } }) => {
			users.admin.role = 'Contributor';
			return () => (users.admin.role = 'Admin');
		},
	},
	noWebhooks: setting('Webhooks are not enabled', 'webhooksFeature', false),
	otherSecret: setting('Deliveries have another signing secret', 'signingSecret', 'whsec_other'),
};

/** The site's current fault: one at a time. */
export class Misbehaviour {
	/** One of {@link WAYS}. */
	current = 'none';
	private end = () => {};
	private readonly simulator: Simulator;

	constructor(simulator: Simulator) {
		this.simulator = simulator;
	}

	/** Ends what was chosen before; returns what has begun. */
	choose(name: string): string {
		const way = WAYS[name];
		if (way === undefined) throw new Error('Choose how the site is to misbehave.');
		this.end();
		this.end = way.begin(this.simulator);
		this.current = name;
		return way.label;
	}
}

function fault(label: string, effect: FaultEffect): Way {
	return {
		label,
		begin: ({ faults }) => {
			faults.add({ effect });
			return () => faults.clear();
		},
	};
}

function setting<K extends keyof Settings>(label: string, name: K, value: Settings[K]): Way {
	return {
		label,
		begin: ({ settings }) => {
			const before = settings[name];
			settings[name] = value;
			return () => (settings[name] = before);
		},
	};
}
