import { archiveRoutes } from './api-archive.mts';
import { draftRoutes } from './api-drafts.mts';
import type { ApiCall } from './api-run.mts';
import { fileRoutes } from './api-files.mts';
import { findRoutes } from './api-find.mts';
import { jobRoutes } from './api-jobs.mts';
import { pageRoutes } from './api-pages.mts';
import { propertyRoutes } from './api-properties.mts';
import { searchRoutes } from './api-search.mts';
import { userRoutes } from './api-users.mts';
import { webhookRoutes } from './api-webhooks.mts';
import type { Backend } from './backend.mts';
import type { Route } from './call.mts';
import type { Cdn } from './cdn.mts';
import { siteNow } from './clock.mts';
import { Deliveries } from './deliveries.mts';
import { emitter } from './emit.mts';
import { buildEvent, type SimulatedEvent } from './events.mts';
import { Faults } from './faults.mts';
import { PageXml } from './page-xml.mts';
import type { Settings } from './settings.mts';
import { Site } from './site.mts';
import { UserXml } from './user-xml.mts';
import { longTermToken, type User } from './users.mts';
import { Webhooks } from './webhooks.mts';
import { present } from '../present.mts';

/** The site without its HTTP server: state, and events on their way to webhooks. */
export class World {
	/** Known once the server listens. */
	url = '';
	readonly settings: Settings;
	readonly webhooks = new Webhooks();
	readonly deliveries: Deliveries;
	readonly site: Site;
	readonly faults = new Faults();
	readonly apiCalls: ApiCall[] = [];
	readonly closing = new AbortController();
	readonly emit: ReturnType<typeof emitter>;
	/** The long-term tokens that are good. */
	readonly jwts = new Map<string, User>();
	readonly longTermToken: string;
	readonly readerJwt: string;
	readonly editorJwt: string;

	private readonly cdn: Pick<Cdn, 'put'>;

	constructor(settings: Settings, cdn: Pick<Cdn, 'put'>) {
		this.settings = settings;
		this.cdn = cdn;
		this.deliveries = new Deliveries(settings);
		this.site = new Site(settings, {
			emit: (spec) => this.dispatch(buildEvent(spec, settings, this.url)),
			pause: () => this.deliveries.pause(),
		});
		const { users } = this.site;
		this.emit = emitter(settings, users, () => this.url, this.dispatch.bind(this));
		this.longTermToken = this.tokenOf(users.admin);
		this.readerJwt = this.tokenOf(present(users.find('reader'), 'user'));
		this.editorJwt = this.tokenOf(present(users.find('editor'), 'user'));
	}

	private tokenOf(user: User): string {
		const { settings } = this;
		const token = longTermToken(user, siteNow(settings), settings.longTermTokenValidityMs);
		this.jwts.set(token, user);
		return token;
	}

	get routes(): Route[] {
		const { settings, site, webhooks, cdn } = this;
		const siteUrl = () => this.url;
		const userXml = new UserXml(settings, siteUrl);
		const xml = new PageXml({ settings, siteUrl, users: site.users, userXml });
		const backend: Backend = { site, settings, xml, userXml, cdn };
		const groups = [
			...[userRoutes, pageRoutes, findRoutes, propertyRoutes, fileRoutes],
			...[draftRoutes, archiveRoutes, searchRoutes, jobRoutes],
		];
		return [...webhookRoutes(webhooks, settings), ...groups.flatMap((routes) => routes(backend))];
	}

	/** Hands an event to the webhooks that registered its type (or to all). */
	private dispatch(event: SimulatedEvent, toAll = false): SimulatedEvent {
		const wanted = this.webhooks.current.filter(
			({ events }) => toAll || events.has(event.pathType),
		);
		this.deliveries.dispatch(event, wanted);
		return event;
	}
}
