import { ALL_EVENTS, EVENT_TYPES, OTHER_EVENTS } from '../shared/events';

/** Name by value, as an expression can hold it. */
const NAMES = JSON.stringify(
	Object.fromEntries(EVENT_TYPES.map(({ value, name }) => [value, name])),
);

const CHOSEN = `($parameter["events"] ?? []).filter(event => event !== "${OTHER_EVENTS}")`;
const ADDITIONAL = `($parameter["events"] ?? []).includes("${OTHER_EVENTS}") ? ($parameter["additionalEvents"] ?? "").split(",").map(event => event.trim()).filter(event => event !== "") : []`;

/** What the editor shows below the name of the node: the name of one event, or how many there are. */
export const SUBTITLE = `={{ ((events, names) => events.includes("${ALL_EVENTS}") ? "All Events" : events.length > 1 ? events.length + " events" : names[events[0]] ?? events[0] ?? "")([...${CHOSEN}, ...(${ADDITIONAL})], ${NAMES}) }}`;
