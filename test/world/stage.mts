import type { Deliveries } from '../support/simulator/delivery/deliveries.mts';
import type { Settings } from '../support/simulator/index.mts';
import type { Simulator } from '../support/simulator/simulator.mts';
import type { Webhook } from '../support/simulator/site/webhooks.mts';
import { Chance, clock } from './clock.mts';
import { N8n } from './n8n.mts';
import type { Package } from './process.mts';
import { callSite, openSite, type Sent, SITE_URL } from './site.mts';

/* A site and an n8n, between which a delivery is lost only where somebody says so. */

export class Stage {
	readonly simulator: Simulator;
	readonly n8n: N8n;
	/** Expert sends no event, and nothing shows that. */
	protected isSilent = false;
	/** No delivery gets through. */
	protected isLosing = false;
	private readonly dispatch: Deliveries['dispatch'];
	private readonly lost: Sent[] = [];

	constructor(load: Package, settings: Partial<Settings>, isQueue = false) {
		clock.reset(1);
		this.simulator = openSite(settings, async (sent) => await this.deliver(sent));
		const { sender } = this.simulator as unknown as { sender: Pick<Deliveries, 'dispatch'> };
		this.dispatch = sender.dispatch.bind(sender);
		sender.dispatch = (...given) => this.isSilent || this.dispatch(...given);
		this.n8n = new N8n({
			...{ package: load, isQueue, concurrency: 100, restMs: 0, chance: new Chance(1) },
			call: async (request) => await callSite(this.simulator, request, 20),
			...{ onPassed: () => {}, onAlert: () => {}, writesStaticData: false },
			note: () => {},
		});
		const { longTermToken, signingSecret } = this.simulator;
		const jwt = { siteUrl: SITE_URL, authentication: 'jwt', longTermToken, signingSecret };
		this.n8n.database.credential = jwt;
	}

	private async deliver(sent: Sent): Promise<number | undefined> {
		const status = this.isLosing ? undefined : await this.n8n.receive(sent);
		if (status === undefined) this.lost.push(sent);
		return status;
	}

	async restart(): Promise<void> {
		await this.passUntil(this.n8n.stop());
		this.n8n.start();
	}

	/** Time passes until n8n has done something. */
	async passUntil(work: Promise<unknown>): Promise<void> {
		let isDone = false;
		void work.finally(() => (isDone = true));
		while (!isDone) await clock.pass(100);
	}

	/** What was lost is delivered after all, to the webhook of now. @param between is called when half of it is */
	async deliverLost(between = async () => {}): Promise<void> {
		const lost = this.lost.splice(0);
		const { hooks } = this.simulator as unknown as { hooks: { current: Webhook[] } };
		for (const [index, { event }] of lost.entries()) {
			if (index === lost.length >> 1) await between();
			this.dispatch(event, hooks.current);
			await clock.pass(5000);
		}
		await clock.pass(60_000);
	}
}
