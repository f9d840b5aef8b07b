import type { IDataObject, INodeExecutionData, NodeOperationError } from 'n8n-workflow';

import { compact } from '../../api/elements';
import { ExpertError } from '../../api/expert-error';
import { isUserEvent } from '../../event/event-user';
import { pageOfItem, titleOf, UNKNOWN } from '../../event/item';
import { type PageQuery, pageQuery } from './page-query';

type Users = Partial<Record<'author' | 'createdBy' | 'deletedBy', IDataObject>>;

/** One item on its way through the trigger's own step. */
export class StepItem {
	/** The item as n8n gave it. */
	readonly given: INodeExecutionData;
	/**
	 * The page as the site describes it, or why the site does not. `undefined` if the page is unknown or was not asked
	 * for.
	 */
	found: IDataObject | ExpertError | undefined;
	/** `id`, `name`, `fullName` of the user, if the event has only the ID and the site knows more. */
	userNames: IDataObject | undefined;
	/** The option that leaves it out, as the workflow author knows it. */
	leftOutBy: string | undefined;
	/** The workflow has run for it before. */
	hasRun = false;
	/** Why the step cannot decide yet whether it goes on. */
	undecided: NodeOperationError | undefined;
	/** The row in n8n's store for the page whose first publication this may be. */
	publishes: string | undefined;
	/** What the step adds to the item. */
	readonly added: {
		firstPublication?: true;
		page?: IDataObject | undefined;
		user?: IDataObject | undefined;
		restriction?: IDataObject | undefined;
		redelivered?: true;
	} = {};

	constructor(given: INodeExecutionData) {
		this.given = given;
	}

	get event(): IDataObject {
		return this.given.json;
	}

	/** The question to the site about the page. `undefined` if there is nothing to ask. */
	get query(): PageQuery | undefined {
		return pageQuery(this.event);
	}

	/** The page as the event names it. */
	get named(): IDataObject | undefined {
		return pageOfItem(this.event);
	}

	/**
	 * The page as event and site describe it. Its draft state is the site's, because the page may have been published
	 * since.
	 */
	get page(): IDataObject | undefined {
		const { named, found } = this;
		if (found === undefined) return named;
		if (found instanceof ExpertError) return { ...named, details: found.text };
		const details = compact({ ...found, restriction: undefined });
		return { ...details, ...named, ...compact({ draftState: found.draftState }) };
	}

	/** The new restriction of an event. It has a name if the page still has this restriction. */
	get restriction(): IDataObject | undefined {
		const { id } = (this.event.restriction ?? {}) as IDataObject;
		const now = this.found instanceof ExpertError ? undefined : this.found?.restriction;
		const { id: idNow, name } = (now ?? {}) as IDataObject;
		return id === undefined ? undefined : compact({ id, name: id === idNow ? name : undefined });
	}

	/** Leaves the item out, so nothing else needs to be decided. */
	leaveOut(by: string): void {
		this.leftOutBy = by;
		this.undecided = undefined;
	}

	/** Texts for messages, which the site may know better than the event. An item with Simplify off has none. */
	private get texts(): IDataObject {
		const { added, event } = this;
		if (event.by === undefined) return {};
		const { page = event.page } = added;
		const by = isUserEvent(event.eventType) ? event.by : this.doerName;
		return { title: titleOf({ ...event, page }), by };
	}

	/** The full name that the site tells of the user who did it, where it tells one. */
	private get doerName(): IDataObject[string] {
		const { added, doer, event, userNames } = this;
		const { author, deletedBy } = (added.page ?? {}) as Users;
		const known = [author, deletedBy, userNames].find((each) => each?.id === doer?.id && doer?.id !== undefined);
		return known?.fullName ?? (event.by === UNKNOWN ? doer?.name : undefined) ?? event.by;
	}

	/** The user whom the event names; else who created the page, or wrote the text of this revision. */
	private get doer(): IDataObject | undefined {
		const { added, event, found, named } = this;
		const user = (added.user ?? event.user) as IDataObject | undefined;
		const { author, createdBy } = (added.page ?? {}) as Users;
		if (user !== undefined || event.eventType === 'page_create') return user ?? createdBy;
		const isNewest = named?.revision !== undefined && (found as IDataObject | undefined)?.revision === named.revision;
		return isNewest && event.eventType === 'pagecontent_update' ? author : undefined;
	}

	/** A new item, because n8n may keep the one that it gave. Added fields stand in the order that events use. */
	get output(): INodeExecutionData {
		const { eventType, eventName } = this.event;
		const { redelivered, firstPublication, page, user, restriction } = this.added;
		const leading = compact({ ...this.texts, eventType, eventName, firstPublication, page, user });
		const rest = compact({ restriction, redelivered });
		const json = { ...leading, ...this.event, ...leading, ...rest };
		return { ...this.given, json };
	}
}

export function goesOn({ leftOutBy, hasRun, undecided }: StepItem): boolean {
	return leftOutBy === undefined && !hasRun && undecided === undefined;
}
