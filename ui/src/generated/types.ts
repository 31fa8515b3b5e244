// Written by `cargo xtask bindings` from src-tauri/crates/wire. Never edited.

export type Account = { 
/**
 * Account.
 */
account: string, 
/**
 * Name shown.
 */
name: string, 
/**
 * Posts granted.
 */
posts: Array<Post>, };

export type Accounts = { 
/**
 * Accounts, by name.
 */
accounts: Array<Account>, };

export type AddDrawing = { 
/**
 * Incident dot.
 */
incident: string, 
/**
 * What.
 */
kind: DrawingKind, 
/**
 * Where, in order; any two at most 200 km apart.
 */
points: Array<Point>, 
/**
 * Words, at most 80 characters; a text mark needs them.
 */
label: string, };

export type AddFeedback = { 
/**
 * Incident dot.
 */
incident: string, 
/**
 * Assignment dot of the unit that reports; `null` = the desk itself.
 */
assignment: string | null, 
/**
 * Words.
 */
text: string, 
/**
 * Result code.
 */
result: string | null, };

export type AmendIncident = { 
/**
 * Incident dot.
 */
incident: string, 
/**
 * Only what changed.
 */
form: Form, };

export type Answer = { 
/**
 * Question id.
 */
question: string, 
/**
 * Answer; empty = not asked yet.
 */
answer: string, };

export type AnswerCall = { 
/**
 * Call dot, or `null` for the oldest.
 */
call: string | null, };

export type Answered = { 
/**
 * Call dot.
 */
call: string, 
/**
 * Incident dot.
 */
incident: string, 
/**
 * 警情编号.
 */
number: string, 
/**
 * When the commit returned.
 */
saved_at_ms: number, };

export type AreaAt = { 
/**
 * Layer: jurisdiction, patrol_zone, grid_area …
 */
layer: string, 
/**
 * Code.
 */
code: string, 
/**
 * Name.
 */
name: string, 
/**
 * Whose it is; empty = not given.
 */
owner: string, 
/**
 * The point lies inside; otherwise only its border is near.
 */
is_inside: boolean, 
/**
 * Metres to its border.
 */
border_m: number, };

export type Assignment = { 
/**
 * Assignment dot.
 */
id: string, 
/**
 * Unit dot.
 */
unit: string, 
/**
 * Call sign.
 */
callsign: string, 
/**
 * Stage.
 */
stage: AssignmentStage, 
/**
 * Order text as sent.
 */
order_text: string, 
/**
 * Why the proposal was not followed, if so.
 */
override_reason: string | null, 
/**
 * Channel last used.
 */
channel: Channel, 
/**
 * Sent.
 */
ordered_at_ms: number, 
/**
 * Delivered to the terminal.
 */
delivered_at_ms: number | null, 
/**
 * Read on the terminal.
 */
read_at_ms: number | null, 
/**
 * Signed for.
 */
signed_at_ms: number | null, 
/**
 * Set out.
 */
set_out_at_ms: number | null, 
/**
 * Arrived.
 */
arrived_at_ms: number | null, 
/**
 * Began handling.
 */
working_at_ms: number | null, 
/**
 * Left.
 */
cleared_at_ms: number | null, 
/**
 * Cancelling asked.
 */
cancel_asked_at_ms: number | null, 
/**
 * Cancelling acknowledged.
 */
cancelled_at_ms: number | null, 
/**
 * The clock that runs now.
 */
watch: Watch | null, 
/**
 * Shown 未送达 from this instant while not delivered.
 */
undelivered_at_ms: number | null, 
/**
 * Both times of those instants above that a wrong clock gave.
 */
clock_marks: Array<ClockMark>, };

export type AssignmentStage = "ordered" | "signed" | "en_route" | "on_scene" | "working" | "cleared" | "cancelled";

export type AssignmentStep = "deliver" | "read" | "sign" | "set_out" | "arrive" | "work" | "clear" | "sign_cancel";

export type AuditLine = { 
/**
 * Entry dot.
 */
entry: string, 
/**
 * When.
 */
at_ms: number, 
/**
 * Account.
 */
account: string, 
/**
 * Command asked for.
 */
command: string, 
/**
 * `refused` or `read`.
 */
outcome: string, 
/**
 * Failure code of a refusal.
 */
code: string, };

export type AuditLines = { 
/**
 * Lines.
 */
lines: Array<AuditLine>, };

export type AuditQuery = { 
/**
 * 1 to 500.
 */
limit: number, };

export type AuditReport = { 
/**
 * Entries walked.
 */
entries: number, 
/**
 * Writers (lanes).
 */
writers: number, 
/**
 * Signed heads checked.
 */
heads: number, 
/**
 * Rebuilt tables equal the live ones.
 */
rebuild_equal: boolean, 
/**
 * Broken places, as sentences' params; empty = whole.
 */
broken: Array<string>, };

export type Before = { 
/**
 * How many in these days, this one with them.
 */
count: number, 
/**
 * Of those before, by type; most first.
 */
types: Array<TypeCount>, 
/**
 * Those before, newest first; the first few.
 */
rows: Array<Earlier>, };

export type Board = { 
/**
 * Rows in display order.
 */
rows: Array<BoardRow>, 
/**
 * Not closed in all (rows may be fewer).
 */
open_count: number, 
/**
 * Today's 无效 share as counted, of today's taken calls.
 */
today: TodayCounts, };

export type BoardAsOf = { 
/**
 * Epoch ms.
 */
at_ms: number, };

export type BoardRow = { 
/**
 * Incident dot.
 */
id: string, 
/**
 * 警情编号.
 */
number: string, 
/**
 * Speakable short code, e.g. "A7-41K".
 */
short_code: string, 
/**
 * Dialled line.
 */
line: Line, 
/**
 * Stage.
 */
stage: Stage, 
/**
 * Level.
 */
level: Level, 
/**
 * Type code; `null` while not chosen.
 */
type_code: string | null, 
/**
 * Type name; `null` while not chosen.
 */
type_name: string | null, 
/**
 * Place text; `null` while unknown.
 */
place: string | null, 
/**
 * Where; `null` while unknown.
 */
point: Point | null, 
/**
 * Opened, epoch ms.
 */
opened_at_ms: number, 
/**
 * Both times of that, where a wrong clock gave it.
 */
opened_mark: ClockMark | null, 
/**
 * First order goal clock (60 s from the answer) while nobody is sent.
 */
first_order: Watch | null, 
/**
 * Units were sent and none is left: 待结, not 待派.
 */
was_sent: boolean, 
/**
 * Units in it, in order of dispatch.
 */
units: Array<BoardUnit>, 
/**
 * Desk that handles it.
 */
desk: string | null, 
/**
 * A field has more than one live value (并行修改).
 */
in_parallel: boolean, 
/**
 * What was entered by voice in it (语音转来); `null` = nothing.
 */
voice: VoiceMark | null, 
/**
 * Reports that it is made of (并入); 1 = nothing was joined.
 */
callers: number, };

export type BoardUnit = { 
/**
 * Unit dot.
 */
unit: string, 
/**
 * Call sign.
 */
callsign: string, 
/**
 * Assignment dot.
 */
assignment: string, 
/**
 * Stage.
 */
stage: AssignmentStage, 
/**
 * Cancelling asked, not yet acknowledged (待撤销).
 */
cancel_pending: boolean, 
/**
 * The clock that runs now (签收, 出警 …).
 */
watch: Watch | null, 
/**
 * The order has not reached the unit by now: shown 未送达 from this instant.
 */
undelivered_at_ms: number | null, };

export type BuildMap = { 
/**
 * Extract or county folder; `null` = own files alone.
 */
extract: string | null, 
/**
 * The county's own files and folders.
 */
own: Array<string>, };

export type BundlePath = { 
/**
 * The file.
 */
path: string, };

export type BundlePreview = { 
/**
 * Station (number) that wrote it.
 */
sender: number, 
/**
 * By its clock, epoch ms.
 */
created_at_ms: number, 
/**
 * Bytes of the file.
 */
bytes: number, 
/**
 * Entries in it.
 */
entries: number, 
/**
 * Of those, how many are not here yet.
 */
new: number, 
/**
 * Stations (numbers) whose entries it carries.
 */
stations: Array<number>, };

export type BundleTaken = { 
/**
 * What it held.
 */
preview: BundlePreview, 
/**
 * Entries that were new (新增).
 */
received: number, 
/**
 * Incidents that were new here.
 */
opened: number, 
/**
 * Incidents known here that changed (更新).
 */
changed: number, 
/**
 * Conflicts raised (冲突).
 */
conflicts: number, 
/**
 * Writers whose entries were refused.
 */
refused: number, 
/**
 * What we have was written back beside it.
 */
is_have_written: boolean, };

export type BundleWritten = { 
/**
 * Files, more than one when it does not fit in one.
 */
files: Array<string>, 
/**
 * Entries in them.
 */
entries: number, 
/**
 * Bytes of the files.
 */
bytes: number, 
/**
 * Stations (numbers) that can open it.
 */
to: Array<number>, };

export type Call = { 
/**
 * Its dot.
 */
id: string, 
/**
 * Dialled line.
 */
line: Line, 
/**
 * Caller number as it arrived; `null` when withheld.
 */
number: string | null, 
/**
 * Subscriber text (三字段), where the network gave it.
 */
subscriber: string | null, 
/**
 * State.
 */
state: CallState, 
/**
 * Ring start, epoch ms.
 */
ring_at_ms: number, 
/**
 * Ringing longer than this is amber.
 */
amber_at_ms: number, 
/**
 * Answer.
 */
answered_at_ms: number | null, 
/**
 * Hang-up.
 */
ended_at_ms: number | null, 
/**
 * Desk that took it ("台01"), if any; one of another station by that station's name.
 */
desk: string | null, 
/**
 * Its desk talks on it and cannot be reached since (epoch ms): any desk may take it over.
 */
lost_at_ms: number | null, 
/**
 * Taken by the asking session.
 */
mine: boolean, 
/**
 * Best fix known, if any.
 */
fix: Fix | null, 
/**
 * Incident opened for it.
 */
incident: string | null, 
/**
 * Missed and not yet called back.
 */
needs_callback: boolean, };

export type CallList = { 
/**
 * Rows in display order.
 */
calls: Array<Call>, };

export type CallRef = { 
/**
 * Call dot.
 */
call: string, };

export type CallState = "ringing" | "talking" | "ended" | "missed";

export type CameraNear = { 
/**
 * Id.
 */
id: string, 
/**
 * Name.
 */
name: string, 
/**
 * Where.
 */
point: Point, 
/**
 * Metres away.
 */
distance_m: number, 
/**
 * Where it looks, degrees; `null` = turns or unknown.
 */
heading_deg: number | null, 
/**
 * Its viewing sector, `[lon, lat]`; empty = unknown.
 */
sector: Array<[number, number]>, 
/**
 * Its sector holds the point; `null` = unknown.
 */
sees: boolean | null, 
/**
 * Working as far as known.
 */
is_online: boolean, };

export type CameraOpened = { 
/**
 * Address of the picture.
 */
url: string, 
/**
 * The site's video program was started; otherwise the address is shown.
 */
is_started: boolean, };

export type CamerasAsked = { 
/**
 * Where.
 */
point: Point, 
/**
 * 1 to 50.
 */
limit: number, };

export type CamerasNear = { 
/**
 * Best first.
 */
cameras: Array<CameraNear>, };

export type CancelAssignment = { 
/**
 * Assignment dot.
 */
assignment: string, 
/**
 * Why.
 */
reason: string, 
/**
 * Must be true: the desk asked twice.
 */
confirmed: boolean, };

export type Candidate = { 
/**
 * 1-based rank among those that may be sent; `null` = may not (写因，无勾框).
 */
rank: number | null, 
/**
 * Unit dot.
 */
unit: string, 
/**
 * Call sign.
 */
callsign: string, 
/**
 * Kind.
 */
kind: UnitKind, 
/**
 * State.
 */
state: UnitState | null, 
/**
 * Officers.
 */
officers: number, 
/**
 * Auxiliaries.
 */
auxiliaries: number, 
/**
 * Kit.
 */
kit: Array<string>, 
/**
 * Straight-line metres; `null` = unknown (no fix or no place).
 */
distance_m: number | null, 
/**
 * Road seconds; `null` = not known by road.
 */
travel_s: number | null, 
/**
 * Road metres; `null` = not known by road.
 */
road_m: number | null, 
/**
 * Age of the fix in seconds at `asked_at_ms`; `null` = never seen.
 */
fix_age_s: number | null, 
/**
 * Proposed (已勾).
 */
proposed: boolean, 
/**
 * Sending it needs a reason (须注明).
 */
needs_reason: boolean, 
/**
 * Machine-readable reasons; words keys `reason.<code>`.
 */
reasons: Array<Reason>, };

export type Candidates = { 
/**
 * Incident dot.
 */
incident: string, 
/**
 * What is wanted: "宜 2 组 4 人以上、带盾".
 */
wanted: Array<Reason>, 
/**
 * Type it goes by while none is chosen: what the words propose.
 */
proposed_type: string | null, 
/**
 * "straight_line" as long as no road graph is installed; the desk says so.
 */
by: string, 
/**
 * What sending the proposed units would leave uncovered.
 */
left: Array<Reason>, 
/**
 * Rows, best first; those that may not be sent last.
 */
rows: Array<Candidate>, 
/**
 * When it was computed.
 */
asked_at_ms: number, };

export type ChangeDrawing = { 
/**
 * Drawing dot.
 */
drawing: string, 
/**
 * All points anew.
 */
points: Array<Point> | null, 
/**
 * Words; an empty text clears them.
 */
label: string | null, };

export type Changed = { 
/**
 * What is stale.
 */
topics: Array<Topic>, };

export type Channel = "terminal" | "radio" | "phone";

export type CircleAsked = { 
/**
 * The middle.
 */
centre: Point, 
/**
 * Metres, 50 to 100,000.
 */
radius_m: number, 
/**
 * Only units that carry this (枪, 盾 …); empty = any.
 */
kit: string, };

export type CircleForce = { 
/**
 * Officers and auxiliaries that can be sent.
 */
people: number, 
/**
 * Vehicles that can be sent.
 */
cars: number, 
/**
 * Units that can be sent.
 */
free: number, 
/**
 * Name of who leads; empty = not known.
 */
leader: string, 
/**
 * Telephone of who leads.
 */
phone: string, 
/**
 * Kit of those that can be sent.
 */
kit: Array<KitCount>, 
/**
 * Units inside, those that can be sent first, nearest first.
 */
units: Array<CircleUnit>, 
/**
 * Units whose fix is too old or missing: neither inside nor outside.
 */
unknown: number, 
/**
 * Units inside whose state is not known: in no sum.
 */
unknown_state: number, };

export type CircleUnit = { 
/**
 * Unit dot.
 */
unit: string, 
/**
 * Call sign.
 */
callsign: string, 
/**
 * Kind.
 */
kind: UnitKind, 
/**
 * State; `null` = unknown.
 */
state: UnitState | null, 
/**
 * Can be sent now.
 */
is_free: boolean, 
/**
 * Officers.
 */
officers: number, 
/**
 * Auxiliaries.
 */
auxiliaries: number, 
/**
 * Who leads it; empty = not known.
 */
leader: string, 
/**
 * Its telephone; empty = not known.
 */
phone: string, 
/**
 * Kit.
 */
kit: Array<string>, 
/**
 * Metres from the middle.
 */
distance_m: number, };

export type ClockMark = { 
/**
 * Which instant: the word of its field, `ordered_at`, `arrived_at` …
 */
of: string, 
/**
 * By the clock of the station that wrote it, epoch ms.
 */
own_at_ms: number, 
/**
 * By the county's time, epoch ms.
 */
corrected_at_ms: number, };

export type CloseIncident = { 
/**
 * Incident dot.
 */
incident: string, 
/**
 * Result code; absent is refused with `incident.result_missing`.
 */
result: string | null, 
/**
 * Type after handling, where it differs.
 */
type_after: string | null, 
/**
 * Closing words.
 */
text: string, };

export type CloseRoad = { 
/**
 * On or beside the road.
 */
point: Point, 
/**
 * The way that is closed, degrees clockwise from north, 0 to 359; `null` = both ways.
 */
heading_deg: number | null, 
/**
 * Its name; empty = the map's.
 */
name: string, 
/**
 * Why, 1 to 200 characters.
 */
reason: string, 
/**
 * Whose word it is; empty = not said.
 */
ordered_by: string, 
/**
 * Until when, epoch ms; `null` = until further notice.
 */
until_ms: number | null, 
/**
 * The closure that this one takes the place of.
 */
replaces: string | null, };

export type Closure = { 
/**
 * Dot.
 */
id: string, 
/**
 * A point of it.
 */
point: Point, 
/**
 * The way that is closed, degrees clockwise from north; `null` = both ways.
 */
heading_deg: number | null, 
/**
 * Its name; empty = it has none.
 */
name: string, 
/**
 * Why.
 */
reason: string, 
/**
 * Whose word it is; empty = not said.
 */
ordered_by: string, 
/**
 * Who wrote it.
 */
closed_by: string, 
/**
 * Since when, epoch ms.
 */
since_ms: number, 
/**
 * Until when, epoch ms; `null` = until further notice.
 */
until_ms: number | null, 
/**
 * What is closed on the map in use, `[lon, lat]`.
 */
lines: Array<Array<[number, number]>>, 
/**
 * Why nothing is: no_graph, loading, off_road; `null` = something is.
 */
why: string | null, };

export type Closures = { 
/**
 * The newest last.
 */
closures: Array<Closure>, };

export type CodeName = { 
/**
 * Code.
 */
code: string, 
/**
 * Name.
 */
name: string, };

export type CodeTables = { 
/**
 * Types in tree order.
 */
types: Array<TypeRow>, 
/**
 * Result codes.
 */
results: Array<CodeName>, 
/**
 * 无效 reasons in key order 1–6.
 */
invalid_reasons: Array<CodeName>, };

export type CommandDone = { 
/**
 * What was done, as in the preview.
 */
words: string, 
/**
 * Values.
 */
params: Array<Param>, 
/**
 * Incident to show, if the command opened or found one.
 */
incident: string | null, 
/**
 * When the commit returned; `null` where nothing was written.
 */
saved_at_ms: number | null, };

export type CommandPreview = { "kind": "usages", 
/**
 * Words keys.
 */
keys: Array<string>, } | { "kind": "ready", 
/**
 * Words key.
 */
words: string, 
/**
 * Values.
 */
params: Array<Param>, } | { "kind": "not_found", 
/**
 * What was not found.
 */
what: string, } | { "kind": "ambiguous", 
/**
 * What could be meant.
 */
choices: Array<string>, } | { "kind": "refused", 
/**
 * Failure code.
 */
code: FailureCode, 
/**
 * Values.
 */
params: Array<Param>, };

export type CommandText = { 
/**
 * As typed, at most 200 characters, e.g. `/s 巡03 到场`.
 */
text: string, 
/**
 * The incident open on the desk, where a command needs one.
 */
incident: string | null, };

export type CommentOnOrder = { 
/**
 * Assignment dot.
 */
assignment: string, 
/**
 * Words.
 */
text: string, };

export type Conflict = { 
/**
 * The thing (its dot).
 */
thing: string, 
/**
 * Which field: `claim`, `desk`, `board`; words key `conflict.<field>`.
 */
field: string, 
/**
 * The thing's name for people.
 */
name: string, 
/**
 * Sides by true time.
 */
sides: Array<ConflictSide>, };

export type ConflictSide = { 
/**
 * The entry that wrote it; what is chosen by.
 */
id: string, 
/**
 * Station it was written at.
 */
station: number, 
/**
 * That station's name.
 */
station_name: string, 
/**
 * Who wrote it, by name; the account where nobody of that account is enrolled.
 */
by: string, 
/**
 * When it truly happened, epoch ms by this station's clock.
 */
at_ms: number, 
/**
 * Both times of that, where a wrong clock gave it.
 */
clock_mark: ClockMark | null, 
/**
 * What it says.
 */
words: string, 
/**
 * Incident concerned.
 */
incident: string | null, 
/**
 * Assignment concerned.
 */
assignment: string | null, };

export type Conflicts = { 
/**
 * All that stand.
 */
conflicts: Array<Conflict>, };

export type Copies = { 
/**
 * Whose; `null` = this desk's own is not known.
 */
house: House | null, 
/**
 * All that have crews.
 */
houses: Array<House>, 
/**
 * Newest first.
 */
rows: Array<CopyRow>, };

export type CopiesOf = { 
/**
 * Code of the station house; absent = the one this desk stands in.
 */
house: string | null, };

export type CopyRow = { 
/**
 * The order.
 */
assignment: Assignment, 
/**
 * Incident dot.
 */
incident: string, 
/**
 * Its short code.
 */
short_code: string, 
/**
 * Its place; `null` while unknown.
 */
place: string | null, 
/**
 * What was said to it so far, oldest first.
 */
comments: Array<OrderComment>, };

export type Coverage = { 
/**
 * One line per area left without a free car, with who could move up.
 */
left: Array<Reason>, 
/**
 * The county has no areas to judge by.
 */
is_unknown: boolean, };

export type CoverageAsked = { 
/**
 * Incident dot.
 */
incident: string, 
/**
 * Units that would go.
 */
units: Array<string>, };

export type DeskView = { 
/**
 * Station code (2–3 letters).
 */
station_code: string, 
/**
 * Station name.
 */
station_name: string, 
/**
 * County name.
 */
county_name: string, 
/**
 * Who is signed in.
 */
account: string, 
/**
 * Name shown.
 */
name: string, 
/**
 * Desk.
 */
desk: string, 
/**
 * Posts held.
 */
posts: Array<Post>, 
/**
 * Station's clock now, epoch ms.
 */
now_ms: number, 
/**
 * Shift as text "08:00–20:00".
 */
shift: string, 
/**
 * Demo county with a scripted shift.
 */
demo: boolean, 
/**
 * Map facts; `null` = no map pack.
 */
map: MapFacts | null, };

export type Draft = { 
/**
 * Which form, e.g. `incident:<dot>`, `order:<dot>`, `desk`; at most 80 characters.
 */
key: string, 
/**
 * What was typed, as a JSON text of at most 64 KiB; empty deletes the draft.
 */
body: string, 
/**
 * When it was written (ignored in `draft.put`).
 */
at_ms: number, };

export type DraftKey = { 
/**
 * Key; a trailing `*` asks for all with that beginning.
 */
key: string, };

export type Drafts = { 
/**
 * Drafts.
 */
drafts: Array<Draft>, };

export type DrawingKind = "cordon" | "assembly" | "route" | "red_line" | "green_line" | "free_line" | "text_mark";

export type DrawingMark = { 
/**
 * The entry.
 */
entry: string, 
/**
 * When, epoch ms.
 */
at_ms: number, 
/**
 * Who, as shown.
 */
by: string, };

export type DrawingOther = { 
/**
 * `points` or `label`.
 */
field: string, 
/**
 * The other points; `null` where it is about words, or they cannot be read.
 */
points: Array<Point> | null, 
/**
 * The other words; `null` where it is about points, or they were cleared.
 */
label: string | null, 
/**
 * Who and when.
 */
mark: DrawingMark, };

export type DrawingRow = { 
/**
 * Its dot.
 */
id: string, 
/**
 * Incident dot.
 */
incident: string, 
/**
 * 警情编号 of the incident.
 */
incident_number: string, 
/**
 * What; `null` = a kind only a newer program knows, to be drawn plainly by its shape.
 */
kind: DrawingKind | null, 
/**
 * Form of the points; `null` where they cannot be read.
 */
shape: DrawingShape | null, 
/**
 * Where; `null` = this program cannot read them. Never an empty list.
 */
points: Array<Point> | null, 
/**
 * Words.
 */
label: string | null, 
/**
 * Length of a line, or of an area's border, m; `null` for a point or where unknown.
 */
length_m: number | null, 
/**
 * Size of an area, m²; `null` for others or where unknown. Meaningless where it crosses.
 */
area_m2: number | null, 
/**
 * The border of the area crosses or touches itself: a warning.
 */
crosses_itself: boolean, 
/**
 * Who drew it.
 */
added: DrawingMark, 
/**
 * Who changed it last to what is shown; `null` = as it was drawn.
 */
changed: DrawingMark | null, 
/**
 * How it was voided; `null` = it stands.
 */
voided: DrawingVoiding | null, 
/**
 * Values written without having seen the shown one (并行修改).
 */
others: Array<DrawingOther>, };

export type DrawingShape = "point" | "line" | "area";

export type DrawingVoiding = { 
/**
 * Who and when.
 */
mark: DrawingMark, 
/**
 * Why.
 */
reason: string, 
/**
 * It had not seen a change made elsewhere: the drawing stays on the map until somebody
 * voids it again.
 */
has_unseen: boolean, };

export type Drawings = { 
/**
 * Rows.
 */
rows: Array<DrawingRow>, };

export type Earlier = { 
/**
 * Its dot.
 */
id: string, 
/**
 * 警情编号.
 */
number: string, 
/**
 * Type name.
 */
type_name: string | null, 
/**
 * Place text.
 */
place: string | null, 
/**
 * Opened, epoch ms.
 */
opened_at_ms: number, 
/**
 * Result code.
 */
result: string | null, };

export type EnrolAccount = { 
/**
 * Account, 1–32 characters.
 */
account: string, 
/**
 * Name shown.
 */
name: string, 
/**
 * At least 8 characters.
 */
passphrase: string, 
/**
 * Posts granted.
 */
posts: Array<Post>, };

export type Entrance = "phone" | "walk_in" | "radio" | "patrol" | "sms" | "video" | "department";

export type ExportBundle = { 
/**
 * Folder to write into: the stick.
 */
folder: string, 
/**
 * Stations (numbers) that may open it; empty = all enrolled.
 */
to: Array<number>, };

export type Exported = { 
/**
 * The file.
 */
path: string, 
/**
 * Lines of the timeline in it.
 */
lines: number, };

export type Failure = { 
/**
 * Closed code.
 */
code: FailureCode, 
/**
 * Values for the sentence.
 */
params: Array<Param>, 
/**
 * Trace number, also in the log ("7F3-K2").
 */
trace: string, };

export type FailureCode = "session.missing" | "session.denied" | "session.locked" | "post.not_allowed" | "post.not_granted" | "request.unknown" | "request.malformed" | "value.invalid" | "not_found" | "ambiguous" | "call.none_ringing" | "call.taken" | "call.state" | "incident.stage" | "incident.result_missing" | "incident.text_missing" | "incident.units_active" | "code.unknown" | "unit.state" | "unit.engaged" | "unit.already_there" | "override.reason_needed" | "assignment.stage" | "cancel.unconfirmed" | "time.impossible" | "account.exists" | "passphrase.short" | "nothing_to_change" | "reading.unknown" | "map.missing" | "map.busy" | "drawing.points" | "drawing.place" | "drawing.spread" | "drawing.voided" | "invitation.invalid" | "invite.refused" | "revoke.refused" | "board.second_person" | "bundle.refused" | "voice.code" | "incident.not_joined" | "county.not_here" | "store.disk_full" | "store.read_only" | "store.busy" | "store.corrupt" | "store.not_written" | "store.ambiguous" | "store.io" | "store.too_new" | "store.foreign" | "store.upgrade_failed" | "key.wrong" | "key.locked" | "key.missing" | "home.in_use" | "internal.panic";

export type Feedback = { 
/**
 * Its dot.
 */
id: string, 
/**
 * Call sign, or `null` when the desk wrote it.
 */
callsign: string | null, 
/**
 * When.
 */
at_ms: number, 
/**
 * Words.
 */
text: string, 
/**
 * Result code, if given.
 */
result: string | null, 
/**
 * Departments the words call for ("120", "119" …): a proposal only.
 */
proposes: Array<string>, };

export type FileIncident = { 
/**
 * Incident dot.
 */
incident: string, 
/**
 * Only what changed.
 */
form: Form, };

export type FindRoute = { 
/**
 * From where; `null` when a unit is named.
 */
from: Point | null, 
/**
 * From this unit's newest fix.
 */
unit: string | null, 
/**
 * To where.
 */
to: Point, };

export type Fix = { 
/**
 * Where.
 */
point: Point, 
/**
 * Accuracy radius in metres; `null` where unknown.
 */
radius_m: number | null, 
/**
 * Who says so.
 */
source: PointSource, 
/**
 * When, epoch ms.
 */
at_ms: number, };

export type FollowOnWall = { 
/**
 * Incident dot; `null` = the whole county again.
 */
incident: string | null, };

export type Form = { 
/**
 * Line (改线路): fields switch, number and text stay.
 */
line: Line | null, 
/**
 * How it came in.
 */
entrance: Entrance | null, 
/**
 * Place text.
 */
place: string | null, 
/**
 * Place point.
 */
point: Point | null, 
/**
 * Source of the point.
 */
point_source: PointSource | null, 
/**
 * Datum the coordinates came in (`wgs84`, `gcj02`, `bd09`): only with a point whose source is
 * `coordinate`; any other point clears it.
 */
point_datum: string | null, 
/**
 * Town (乡镇) of the place.
 */
town: string | null, 
/**
 * Code of the jurisdiction (辖区): filled in with the point when only one holds it.
 */
jurisdiction: string | null, 
/**
 * What the caller says.
 */
text: string | null, 
/**
 * Type code.
 */
type_code: string | null, 
/**
 * Level.
 */
level: Level | null, 
/**
 * Caller's name.
 */
caller_name: string | null, 
/**
 * Caller's number.
 */
caller_number: string | null, 
/**
 * Another number to call back.
 */
contact: string | null, 
/**
 * Caller notes (女，现场目击 …).
 */
caller_note: string | null, 
/**
 * Order text; empty = composed from the facts.
 */
order_text: string | null, 
/**
 * Plate.
 */
plate: string | null, 
/**
 * Trapped people (119).
 */
trapped: number | null, 
/**
 * Injured people.
 */
injured: number | null, 
/**
 * Dead people.
 */
dead: number | null, 
/**
 * Building (119).
 */
building: string | null, 
/**
 * Floor (119).
 */
floor: string | null, 
/**
 * Burning material (119).
 */
material: string | null, 
/**
 * Dangerous goods (119).
 */
dangerous_goods: string | null, 
/**
 * Water source (119).
 */
water_source: string | null, 
/**
 * Vehicles involved (122).
 */
vehicles: number | null, 
/**
 * Road blocked (122): free text.
 */
road_state: string | null, 
/**
 * Answers to the required questions.
 */
answers: Array<Answer>, };

export type HearIncident = { 
/**
 * The short code as heard; its check is looked at.
 */
code: string, 
/**
 * Line whose form is shown.
 */
line: Line, 
/**
 * Who called by voice.
 */
from: string, 
/**
 * When it was heard, epoch ms; absent = now.
 */
at_ms: number | null, 
/**
 * Level, type, place, and what was ordered (`text`).
 */
form: Form, };

export type Honesty = { 
/**
 * Cells in display order.
 */
parts: Array<HonestyPart>, 
/**
 * Last commit, epoch ms; `null` = nothing written since start.
 */
saved_at_ms: number | null, 
/**
 * The clock against which ages are judged.
 */
now_ms: number, };

export type HonestyPart = { 
/**
 * `station`, `database`, `disk`, `clock`, `map`, `positions`, `log`, `power`.
 */
part: string, 
/**
 * Standing.
 */
standing: Standing, 
/**
 * Which sentence.
 */
code: string, 
/**
 * Values.
 */
params: Array<Param>, };

export type HotAsked = { 
/**
 * From, epoch ms.
 */
from_ms: number, 
/**
 * To (not included), epoch ms.
 */
to_ms: number, 
/**
 * Type code (with all below it); empty = all.
 */
type_code: string, 
/**
 * Weekdays 1 (Monday) to 7; empty = all.
 */
weekdays: Array<number>, 
/**
 * First local hour, 0 to 23.
 */
from_hour: number, 
/**
 * Local hour it ends before, 1 to 24; smaller than the first = over midnight.
 */
to_hour: number, 
/**
 * 1 to 500.
 */
limit: number, };

export type HotCell = { 
/**
 * Place from 1; equal counts share it.
 */
rank: number, 
/**
 * Code of the cell.
 */
cell: string, 
/**
 * Its corners, `[lon, lat]`.
 */
ring: Array<[number, number]>, 
/**
 * What lies near its middle; empty = nothing known.
 */
place: string, 
/**
 * Incidents.
 */
n: number, 
/**
 * Share of all that were counted, 0 to 1.
 */
share: number, };

export type HotCells = { 
/**
 * Most first.
 */
cells: Array<HotCell>, 
/**
 * Incidents counted.
 */
total: number, 
/**
 * Incidents of the time and type without a place: in no cell.
 */
without_place: number, 
/**
 * Incidents of the time and type too far from the county's zone to have a cell.
 */
off_grid: number, 
/**
 * Incidents of the time whose type is not chosen, when only some types are counted.
 */
without_class: number, };

export type House = { 
/**
 * Its code in the county's register.
 */
code: string, 
/**
 * Its short name.
 */
name: string, };

export type IncidentHits = { 
/**
 * Rows.
 */
rows: Array<BoardRow>, };

export type IncidentRef = { 
/**
 * Incident dot.
 */
incident: string, };

export type IncidentView = { 
/**
 * The board row (stage, number, units' clocks).
 */
row: BoardRow, 
/**
 * The form as it stands.
 */
form: Form, 
/**
 * Type guide lines for the call-taker.
 */
guide: string | null, 
/**
 * What is still missing; never blocks.
 */
pending: Array<string>, 
/**
 * What is known of its point: areas, what is near, grid; `null` without a point.
 */
place_facts: PlaceFacts | null, 
/**
 * Fixes in order of arrival, none overwritten.
 */
fixes: Array<Fix>, 
/**
 * The call, if any.
 */
call: Call | null, 
/**
 * Assignments in order of dispatch, ended ones too.
 */
assignments: Array<Assignment>, 
/**
 * Feedback in order of arrival.
 */
feedback: Array<Feedback>, 
/**
 * Fields with more than one live value.
 */
parallel: Array<ParallelField>, 
/**
 * Result code and words once closed.
 */
result: string | null, 
/**
 * Reason code once 无效.
 */
invalid_reason: string | null, 
/**
 * The order text that would go out now.
 */
order_text: string, 
/**
 * The short code as it is said on the radio (幺两三四五六拐八勾洞).
 */
code_aloud: string, 
/**
 * Timeline, oldest first.
 */
timeline: Array<TimelineLine>, 
/**
 * Reports that persons joined to it.
 */
joined: Array<JoinedReport>, 
/**
 * Stubs that are parts of it, oldest first.
 */
voice_parts: Array<VoicePart>, 
/**
 * A stub and another incident have one code, yet are not one: why, and the other.
 */
voice_doubt: VoiceDoubt | null, };

export type InstallMap = { 
/**
 * Path, or a pack's id.
 */
path: string, };

export type IntakeFix = { 
/**
 * Degrees east.
 */
lon: number, 
/**
 * Degrees north.
 */
lat: number, 
/**
 * Metres.
 */
radius_m: number | null, 
/**
 * Source.
 */
source: PointSource, };

export type InvalidateIncident = { 
/**
 * Incident dot.
 */
incident: string, 
/**
 * Reason code of `code.tables` (`invalid_reasons`).
 */
reason: string, };

export type InviteStation = { 
/**
 * Name of the new station.
 */
name: string, 
/**
 * Its code, two letters; `null` where it is not chosen.
 */
code: string | null, 
/**
 * What it is.
 */
kind: StationKind, 
/**
 * Where this station may be reached from there, `host:port`.
 */
addresses: Array<string>, };

export type Invited = { 
/**
 * As text: to be carried as a file or typed.
 */
text: string, 
/**
 * Number of the new station.
 */
number: number, 
/**
 * Its code.
 */
code: string, 
/**
 * Good until, epoch ms.
 */
expires_at_ms: number, };

export type JoinIncident = { 
/**
 * One of them.
 */
incident: string, 
/**
 * The other.
 */
into: string, };

export type JoinedReport = { 
/**
 * Its dot.
 */
id: string, 
/**
 * Its own 警情编号.
 */
number: string, 
/**
 * Its short code.
 */
short_code: string, 
/**
 * Caller's number; `null` = unknown.
 */
caller: string | null, 
/**
 * Place as told.
 */
place: string | null, 
/**
 * Opened, epoch ms.
 */
opened_at_ms: number, };

export type Kin = { 
/**
 * Days that count.
 */
days: number, 
/**
 * Reports on the same number (重复警情); `null` = seldomer than the county's threshold, or
 * the number is unknown.
 */
number: Before | null, 
/**
 * Reports of the same place.
 */
place: Before | null, 
/**
 * What may be the same event (可能重复), the likeliest first.
 */
likely: Array<Likely>, };

export type KitCount = { 
/**
 * Name.
 */
name: string, 
/**
 * How many.
 */
n: number, };

export type Lack = { 
/**
 * Station (number).
 */
number: number, 
/**
 * Its name.
 */
name: string, 
/**
 * Epoch ms; `null` = nothing of it is known to be here.
 */
since_ms: number | null, };

export type Lacks = { 
/**
 * By station; empty = nothing is known to be missing.
 */
lacks: Array<Lack>, };

export type LayerArea = { 
/**
 * Layer: jurisdiction, patrol_zone, grid_area …
 */
layer: string, 
/**
 * Code.
 */
code: string, 
/**
 * Name.
 */
name: string, 
/**
 * Whose it is.
 */
owner: string, 
/**
 * Rings by the even-odd rule, `[lon, lat]` in degrees.
 */
rings: Array<Array<[number, number]>>, };

export type LayerCameras = { 
/**
 * Ids.
 */
ids: Array<string>, 
/**
 * Names.
 */
names: Array<string>, 
/**
 * Longitudes, degrees.
 */
lons: Array<number>, 
/**
 * Latitudes, degrees.
 */
lats: Array<number>, 
/**
 * Degrees; `null` = turns or unknown.
 */
headings_deg: Array<number | null>, 
/**
 * Working as far as known.
 */
online: Array<boolean>, };

export type LayerCheckpoint = { 
/**
 * Id.
 */
id: string, 
/**
 * Name.
 */
name: string, 
/**
 * Staffed now.
 */
staffed: boolean, 
/**
 * Phone.
 */
phone: string, 
/**
 * Camera id.
 */
camera: string, 
/**
 * Where.
 */
point: Point, };

export type LayerPost = { 
/**
 * Code.
 */
code: string, 
/**
 * Name.
 */
name: string, 
/**
 * Kind.
 */
kind: string, 
/**
 * Phone.
 */
phone: string, 
/**
 * Where.
 */
point: Point, };

export type LayerThing = { 
/**
 * Layer: school, hospital, hydrant, water_source …
 */
layer: string, 
/**
 * Code.
 */
code: string, 
/**
 * Name.
 */
name: string, 
/**
 * Phone; empty = none.
 */
phone: string, 
/**
 * Where.
 */
point: Point, };

export type LayerTown = { 
/**
 * Code.
 */
code: string, 
/**
 * Name.
 */
name: string, 
/**
 * Where; `null` = unknown.
 */
point: Point | null, 
/**
 * Villages known by name.
 */
villages: number, };

export type Layers = { 
/**
 * Police posts, fire stations.
 */
posts: Array<LayerPost>, 
/**
 * Checkpoints.
 */
checkpoints: Array<LayerCheckpoint>, 
/**
 * Cameras.
 */
cameras: LayerCameras, 
/**
 * Towns; `point` null = only the name is known.
 */
towns: Array<LayerTown>, 
/**
 * Areas: jurisdictions, patrol zones …
 */
areas: Array<LayerArea>, 
/**
 * Schools, hospitals, hydrants …
 */
things: Array<LayerThing>, };

export type Level = "normal" | "attention" | "urgent" | "grave";

export type Likely = { 
/**
 * What it is.
 */
earlier: Earlier, 
/**
 * Its short code.
 */
short_code: string, 
/**
 * How alike, 0–1.
 */
score: number, 
/**
 * Metres apart; `null` = one of them has no point.
 */
apart_m: number | null, 
/**
 * Time apart, ms.
 */
apart_ms: number, 
/**
 * Reports in it.
 */
callers: number, };

export type Line = "110" | "119" | "122";

export type ListDrawings = { 
/**
 * Incident dot: its drawings, voided ones too. `null`: what is on the map, of all incidents
 * that are not closed, without the voided.
 */
incident: string | null, };

export type LocateCall = { 
/**
 * Call dot.
 */
call: string, 
/**
 * The fix.
 */
fix: IntakeFix, };

export type MapFacts = { 
/**
 * Name.
 */
name: string, 
/**
 * Date of the source data as text YYYY-MM-DD; `null` = unknown.
 */
data_date: string | null, 
/**
 * west, south, east, north in degrees.
 */
bounds: [number, number, number, number], 
/**
 * Centre lon, lat.
 */
centre: [number, number], 
/**
 * Zoom at start.
 */
zoom: number, 
/**
 * Lowest and highest zoom with tiles.
 */
zooms: [number, number], 
/**
 * County border rings, lon/lat; empty = bounds only.
 */
county: Array<Array<[number, number]>>, 
/**
 * Attribution line.
 */
attribution: string, 
/**
 * The pack itself: another one is another map.
 */
pack: string, 
/**
 * It has a road graph.
 */
has_roads: boolean, 
/**
 * It has jurisdictions.
 */
has_areas: boolean, 
/**
 * The county's own areas are in its tiles, not only in its tables.
 */
has_area_tiles: boolean, 
/**
 * It has pictures under the vector map: png, jpg, webp; `null` = none.
 */
raster: string | null, };

export type MapJob = { 
/**
 * build, install.
 */
kind: string, 
/**
 * What is being worked on.
 */
source: string, 
/**
 * Stage word (`map.stage.<word>`).
 */
stage: string, 
/**
 * How much of the stage is done, 0 to 1; `null` = cannot be said.
 */
share: number | null, 
/**
 * When it began, epoch ms.
 */
started_at_ms: number, 
/**
 * When it ended, epoch ms; `null` = still running.
 */
ended_at_ms: number | null, 
/**
 * done, stopped, failed; `null` = still running.
 */
outcome: string | null, 
/**
 * Why it failed: a sentence naming the damaged part.
 */
why: string | null, 
/**
 * Rows of the county's own files that were left out, with the reason.
 */
rejects: Array<RejectedRow>, 
/**
 * How many were left out in all (the list above is cut at 200).
 */
rejected: number, };

export type MapOffer = { 
/**
 * Path.
 */
path: string, 
/**
 * pack, extract, own.
 */
kind: string, 
/**
 * Bytes.
 */
bytes: number, };

export type MapView = { 
/**
 * The pack in use; `null` = none.
 */
current: PackFacts | null, 
/**
 * Other packs that lie here, newest first; one can be taken back.
 */
others: Array<PackFacts>, 
/**
 * What is wrong with the installed pack, if it could not be opened.
 */
damage: string | null, 
/**
 * The running or last piece of work; `null` = none since the start.
 */
job: MapJob | null, 
/**
 * Files found in the usual places (sticks, the import folder) that could be taken.
 */
offers: Array<MapOffer>, };

export type Meeting = { 
/**
 * With whom (number).
 */
peer: number, 
/**
 * Its name.
 */
name: string, 
/**
 * How.
 */
bearer: string, 
/**
 * From, epoch ms.
 */
began_at_ms: number, 
/**
 * To, epoch ms; `null` = goes on.
 */
ended_at_ms: number | null, 
/**
 * Apart before it since, epoch ms; `null` = unknown.
 */
apart_since_ms: number | null, 
/**
 * Entries received that were new.
 */
received: number, 
/**
 * Entries sent.
 */
sent: number, 
/**
 * Incidents that were new here.
 */
opened: number, 
/**
 * Incidents known here that changed.
 */
changed: number, 
/**
 * Conflicts raised.
 */
conflicts: number, };

export type NarrowPeer = { 
/**
 * Its number.
 */
number: number, 
/**
 * Heard lately.
 */
is_there: boolean, 
/**
 * Last heard, epoch ms; `null` = not since the program began.
 */
heard_at_ms: number | null, 
/**
 * Entries undelivered; `null` = it has not said what it has.
 */
entries: number | null, 
/**
 * Their bytes, as they stand in the log.
 */
bytes: number | null, 
/**
 * When the oldest of them was written, epoch ms; `null` = there is none, or unknown.
 */
oldest_at_ms: number | null, };

export type NarrowPipe = { 
/**
 * A device, or `tcp:host:port`.
 */
path: string, 
/**
 * What may be sent, bit/s.
 */
bits_per_s: number, 
/**
 * It can be written to.
 */
is_open: boolean, 
/**
 * Bytes sent since the program began.
 */
bytes_out: number, 
/**
 * Bytes heard since the program began.
 */
bytes_in: number, 
/**
 * Frames that were damaged, or could not be opened.
 */
damaged: number, 
/**
 * Frames that came again, or of stations that are not enrolled.
 */
refused: number, 
/**
 * The other stations.
 */
peers: Array<NarrowPeer>, };

export type NearPlace = { 
/**
 * Name.
 */
name: string, 
/**
 * Kind.
 */
kind: string, 
/**
 * Town; `null` = unknown.
 */
town: string | null, 
/**
 * Metres away.
 */
distance_m: number, 
/**
 * Degrees from the thing to the point; `null` = at the thing itself.
 */
bearing_deg: number | null, };

export type Need = { 
/**
 * Stable key: one sound per key.
 */
key: string, 
/**
 * `unsigned`, `undelivered`, `over_time`, `cancel_unsigned`, `conflict`, `review`,
 * `missed_call`; words key `need.<kind>`.
 */
kind: string, 
/**
 * Values.
 */
params: Array<Param>, 
/**
 * Incident concerned.
 */
incident: string | null, 
/**
 * Assignment concerned.
 */
assignment: string | null, 
/**
 * Unit concerned.
 */
unit: string | null, 
/**
 * Call concerned.
 */
call: string | null, 
/**
 * Its clock.
 */
watch: Watch, 
/**
 * Channels that may be tried instead.
 */
channels: Array<Channel>, 
/**
 * Who took it on (我来办), if anyone.
 */
owner: string | null, };

export type Needs = { 
/**
 * Rows; a row becomes visible from `watch.amber_at_ms` on.
 */
needs: Array<Need>, };

export type NoteIncident = { 
/**
 * Incident dot.
 */
incident: string, 
/**
 * The words.
 */
text: string, };

export type Nothing = Record<symbol, never>;

export type OpenCamera = { 
/**
 * Camera id.
 */
camera: string, 
/**
 * Incident it is opened for; `null` = none.
 */
incident: string | null, };

export type OpenIncident = { 
/**
 * Line whose form is shown.
 */
line: Line, 
/**
 * How it came in.
 */
entrance: Entrance, 
/**
 * The unit that found it is on scene already (巡逻发现), as a dot.
 */
found_by: string | null, 
/**
 * Missed call that is being called back.
 */
callback_of: string | null, };

export type Opened = { 
/**
 * Incident dot.
 */
incident: string, 
/**
 * 警情编号.
 */
number: string, 
/**
 * When the commit returned.
 */
saved_at_ms: number, };

export type OrderComment = { 
/**
 * Which station house.
 */
house: string, 
/**
 * When, epoch ms.
 */
at_ms: number, 
/**
 * Words.
 */
text: string, };

export type OrderUnits = { 
/**
 * Incident dot.
 */
incident: string, 
/**
 * Unit dots, in order; 1 to 20.
 */
units: Array<string>, 
/**
 * Order text; empty = composed.
 */
text: string, 
/**
 * Needed for a unit that is not free or not proposed (须注明).
 */
override_reason: string | null, };

export type OwnNeed = { 
/**
 * Key of the need.
 */
key: string, };

export type PackCount = { 
/**
 * Word (`map.count.<word>`).
 */
word: string, 
/**
 * How many.
 */
n: number, };

export type PackFacts = { 
/**
 * Folder name.
 */
id: string, 
/**
 * Name.
 */
name: string, 
/**
 * Administrative code; `null` = not said.
 */
adcode: string | null, 
/**
 * Date of the data, YYYY-MM-DD; `null` = not said.
 */
data_date: string | null, 
/**
 * When it was built, RFC 3339.
 */
built_at: string, 
/**
 * 审图号; `null` = none.
 */
approval_number: string | null, 
/**
 * signed, unsigned.
 */
signature: string, 
/**
 * Sources.
 */
sources: Array<PackSource>, 
/**
 * Counts.
 */
counts: Array<PackCount>, 
/**
 * What it lacks; words keys `map.warning.<word>`.
 */
warnings: Array<string>, 
/**
 * It has a road graph.
 */
has_roads: boolean, 
/**
 * It has jurisdictions.
 */
has_areas: boolean, 
/**
 * It has pictures: png, jpg, webp; `null` = none.
 */
raster: string | null, };

export type PackSource = { 
/**
 * File name.
 */
name: string, 
/**
 * Licence; empty = not said.
 */
licence: string, 
/**
 * Attribution; empty = none.
 */
attribution: string, };

export type ParallelField = { 
/**
 * Field name as in `Form`.
 */
field: string, 
/**
 * The value not shown.
 */
other: string, 
/**
 * Who wrote it.
 */
by: string, 
/**
 * When.
 */
at_ms: number, };

export type Param = { 
/**
 * Name within the sentence.
 */
name: string, 
/**
 * Value.
 */
value: string, };

export type PartIncident = { 
/**
 * It.
 */
part: string, 
/**
 * Why.
 */
reason: string, };

export type PeerState = "own" | "in_touch" | "apart" | "never_met" | "revoked";

export type PlaceAsked = { 
/**
 * Where.
 */
point: Point, };

export type PlaceFacts = { 
/**
 * Areas it lies in, and jurisdictions whose border is near.
 */
areas: Array<AreaAt>, 
/**
 * More than one jurisdiction holds it: a person must choose.
 */
is_disputed: boolean, 
/**
 * What lies near, nearest first.
 */
near: Array<NearPlace>, 
/**
 * Code of its own 200 m cell; `null` = outside the county's zone.
 */
cell: string | null, 
/**
 * BeiDou grid code (4″); `null` = outside its range.
 */
beidou: string | null, 
/**
 * The installed map has data there.
 */
is_on_map: boolean, };

export type PlaceHit = { 
/**
 * Name.
 */
name: string, 
/**
 * Kind (street, school, village, crossing, pole, coordinate …).
 */
kind: string, 
/**
 * Town; `null` = unknown.
 */
town: string | null, 
/**
 * Where; `null` = not on the map (known by name only).
 */
point: Point | null, 
/**
 * How it fits what was typed: name, pinyin, initials, inside, code, crossing, number, typo,
 * coordinate.
 */
matched: string, 
/**
 * The point is worked out between two known ones (约).
 */
is_approximate: boolean, 
/**
 * Metres from `near`; `null` = no point or no place.
 */
distance_m: number | null, 
/**
 * Datum typed coordinates were read in; `null` for everything else.
 */
datum: string | null, };

export type PlaceHits = { 
/**
 * Best first.
 */
hits: Array<PlaceHit>, };

export type Point = { 
/**
 * Longitude, degrees east, -180 to 180.
 */
lon: number, 
/**
 * Latitude, degrees north, -90 to 90.
 */
lat: number, };

export type Point135 = { 
/**
 * Code.
 */
code: string, 
/**
 * Name.
 */
name: string, 
/**
 * Where.
 */
point: Point, 
/**
 * Call sign of its team; empty = none given.
 */
team: string, 
/**
 * Telephone.
 */
phone: string, 
/**
 * Call sign of who holds it now; `null` = nobody.
 */
held_by: string | null, 
/**
 * team, other, nobody, unknown.
 */
hold: string, 
/**
 * Seconds the holder needs to it; `null` = at it, or nobody.
 */
seconds: number | null, };

export type PointSource = "handset" | "base_station" | "landline" | "map_click" | "gazetteer" | "unit" | "coordinate";

export type Points135 = { 
/**
 * By code.
 */
points: Array<Point135>, };

export type Position = { 
/**
 * Unit dot.
 */
unit: string, 
/**
 * Where.
 */
point: Point, 
/**
 * When the device measured it, epoch ms.
 */
at_ms: number, 
/**
 * Degrees clockwise from north; `null` = unknown.
 */
heading_deg: number | null, 
/**
 * km/h; `null` = unknown.
 */
speed_kmh: number | null, };

export type PositionReport = { 
/**
 * Call sign.
 */
callsign: string, 
/**
 * Degrees east.
 */
lon: number, 
/**
 * Degrees north.
 */
lat: number, 
/**
 * Measured, epoch ms.
 */
at_ms: number, 
/**
 * Degrees.
 */
heading_deg: number | null, 
/**
 * km/h.
 */
speed_kmh: number | null, };

export type Positions = { 
/**
 * One per unit that was ever seen.
 */
positions: Array<Position>, 
/**
 * Fading from this age, seconds (60).
 */
fade_s: number, 
/**
 * Hollow from this age, seconds (180).
 */
ghost_s: number, 
/**
 * Out of ranking from this age, seconds (600).
 */
drop_s: number, };

export type PositionsTaken = { 
/**
 * Newer than what was known.
 */
taken: number, 
/**
 * Older than what was known: kept out of the map.
 */
stale: number, 
/**
 * Impossible coordinates, unknown call sign or time in the future.
 */
refused: number, };

export type Post = "intake" | "dispatch" | "commander" | "shift_leader" | "supervisor" | "clerk" | "admin" | "device";

export type ProposeType = { 
/**
 * Text typed so far; at most 4,000 characters.
 */
text: string, 
/**
 * Line of the form.
 */
line: Line, };

export type Question = { 
/**
 * Id within the type.
 */
id: string, 
/**
 * Words.
 */
label: string, };

export type Reason = { 
/**
 * One of the codes of `domain::rank::ReasonCode`.
 */
code: string, 
/**
 * Values for the sentence.
 */
params: Array<Param>, };

export type RejectedRow = { 
/**
 * File.
 */
file: string, 
/**
 * Row or feature, from 1; `null` = the whole file.
 */
row: number | null, 
/**
 * Why.
 */
why: string, };

export type RemindAssignment = { 
/**
 * Assignment dot.
 */
assignment: string, 
/**
 * By what.
 */
channel: Channel, };

export type ReopenIncident = { 
/**
 * Incident dot.
 */
incident: string, 
/**
 * Why.
 */
reason: string, };

export type ReopenRoad = { 
/**
 * Closure dot.
 */
closure: string, 
/**
 * Why; may be empty.
 */
reason: string, };

export type ReportPositions = { 
/**
 * At most 2,000 fixes.
 */
fixes: Array<PositionReport>, };

export type RerouteAssignment = { 
/**
 * Assignment dot.
 */
assignment: string, 
/**
 * Incident the unit goes to now.
 */
to_incident: string, 
/**
 * Why.
 */
reason: string, };

export type ReturnBoard = { 
/**
 * Station (number) that gets it.
 */
to: number, 
/**
 * Account of the second person.
 */
second: string, 
/**
 * Their passphrase.
 */
passphrase: string, };

export type RevokeStation = { 
/**
 * Number.
 */
number: number, 
/**
 * Why.
 */
reason: string, };

export type Ring = { 
/**
 * Seconds.
 */
limit_s: number, 
/**
 * Rings by the even-odd rule, `[lon, lat]`.
 */
rings: Array<Array<[number, number]>>, 
/**
 * Free units inside it (and not in a smaller one), quickest first.
 */
units: Array<RingUnit>, };

export type RingCall = { 
/**
 * Dialled line.
 */
line: Line, 
/**
 * Caller number; digits, spaces, `+`, `-`; at most 32 characters.
 */
number: string | null, 
/**
 * Subscriber text.
 */
subscriber: string | null, 
/**
 * Location that came with the call.
 */
fix: IntakeFix | null, 
/**
 * The sender's own id of the call, so that a repeated event changes nothing.
 */
outside_id: string | null, };

export type RingUnit = { 
/**
 * Unit dot.
 */
unit: string, 
/**
 * Call sign.
 */
callsign: string, 
/**
 * Road seconds.
 */
seconds: number, };

export type Rings = { 
/**
 * The middle.
 */
point: Point, 
/**
 * road, straight_line.
 */
by: string, 
/**
 * Why only circles: no_graph, off_road; `null` = by road.
 */
why: string | null, 
/**
 * 1, 3, 5 minutes.
 */
rings: Array<Ring>, 
/**
 * Free units whose place is not known well enough to be in or out.
 */
unknown: number, };

export type RingsAsked = { 
/**
 * The middle.
 */
point: Point, };

export type RoadAsked = { 
/**
 * On or beside a road.
 */
point: Point, };

export type RoadFound = { 
/**
 * The road; `null` where there is none.
 */
road: RoadHere | null, 
/**
 * Why there is none: no_graph, loading, off_road; `null` = there is one.
 */
why: string | null, };

export type RoadHere = { 
/**
 * The nearest point of it.
 */
point: Point, 
/**
 * How far that is, metres.
 */
off_m: number, 
/**
 * Its name; `null` where the map has none.
 */
name: string | null, 
/**
 * Class (`road.<class>`).
 */
class: string, 
/**
 * The ways it is driven there, degrees clockwise from north: one or two.
 */
headings_deg: Array<number>, };

export type RoadSpeed = { 
/**
 * Class (`road.<class>`).
 */
class: string, 
/**
 * Outside built-up areas, in force.
 */
open_kmh: number, 
/**
 * Inside built-up areas, in force.
 */
town_kmh: number, 
/**
 * Outside, when the county sets none.
 */
default_open_kmh: number, 
/**
 * Inside, when the county sets none.
 */
default_town_kmh: number, };

export type RoadSpeeds = { 
/**
 * By class, the greatest road first.
 */
speeds: Array<RoadSpeed>, };

export type Route = { 
/**
 * road, straight_line.
 */
by: string, 
/**
 * Why it is only a straight line: no_graph, off_road, unreachable; `null` = by road.
 */
why: string | null, 
/**
 * `[lon, lat]` along the way.
 */
points: Array<[number, number]>, 
/**
 * Seconds; `null` for a straight line.
 */
seconds: number | null, 
/**
 * Metres.
 */
metres: number, 
/**
 * Names of the roads along it.
 */
streets: Array<string>, 
/**
 * Names of closed roads over which it would go, were they open; one without a name is empty.
 */
around: Array<string>, };

export type Rung = { 
/**
 * Call dot.
 */
call: string, 
/**
 * When the commit returned.
 */
saved_at_ms: number, };

export type Saved = { 
/**
 * The entry (or the last of several) that was written, as a dot.
 */
entry: string, 
/**
 * When the commit returned, epoch ms: 已保存 HH:MM:SS.
 */
saved_at_ms: number, };

export type SearchIncidents = { 
/**
 * Words, number, short code, phone number; at most 64 characters.
 */
query: string, 
/**
 * 1 to 100.
 */
limit: number, };

export type SearchPlaces = { 
/**
 * Chinese, full pinyin, initials, mixed, a code, or coordinates; at most 64 characters.
 */
query: string, 
/**
 * Of equal hits the nearer first; `null` = no point to measure from.
 */
near: Point | null, 
/**
 * 1 to 50.
 */
limit: number, };

export type SetRepeat = { 
/**
 * 2–99; 0 turns the rule off.
 */
from: number, };

export type SetRoadSpeed = { 
/**
 * Class.
 */
class: string, 
/**
 * Outside built-up areas, 3 to 200 km/h.
 */
open_kmh: number | null, 
/**
 * Inside built-up areas, 3 to 200 km/h.
 */
town_kmh: number | null, };

export type SetSetting = { 
/**
 * Key.
 */
key: string, 
/**
 * Amber after, seconds; `null` turns the rule off.
 */
amber_s: number | null, 
/**
 * Red after, seconds.
 */
red_s: number | null, };

export type SetUnitState = { 
/**
 * Unit dot.
 */
unit: string, 
/**
 * New state.
 */
state: UnitState, };

export type Setting = { 
/**
 * Key, e.g. `limit.en_route`.
 */
key: string, 
/**
 * Amber after, seconds; `null` = rule off.
 */
amber_s: number | null, 
/**
 * Red after, seconds; `null` = never.
 */
red_s: number | null, };

export type Settings = { 
/**
 * All.
 */
settings: Array<Setting>, 
/**
 * From which report in 30 days on a number or a place says so (重复警情); 0 = never.
 */
repeat_from: number, };

export type SettleConflict = { 
/**
 * The thing (its dot).
 */
thing: string, 
/**
 * Which field.
 */
field: string, 
/**
 * The side that stands (its id).
 */
chosen: string, 
/**
 * Why.
 */
reason: string, };

export type SignIn = { 
/**
 * Account.
 */
account: string, 
/**
 * Passphrase.
 */
passphrase: string, 
/**
 * Posts taken for this shift; must be among those granted.
 */
posts: Array<Post>, };

export type SignedIn = { 
/**
 * Token for the envelopes.
 */
session: string, 
/**
 * Account.
 */
account: string, 
/**
 * Name shown.
 */
name: string, 
/**
 * Desk ("台01").
 */
desk: string, 
/**
 * Posts held now.
 */
posts: Array<Post>, };

export type Stage = "taking" | "waiting" | "dispatched" | "on_scene" | "review" | "closed" | "invalid";

export type Standing = "good" | "warn" | "bad" | "unknown";

export type StationKind = "hall" | "post" | "vehicle" | "box" | "gateway";

export type StationRef = { 
/**
 * Number.
 */
number: number, };

export type StationRow = { 
/**
 * Number under which it writes.
 */
number: number, 
/**
 * Its code in incident numbers.
 */
code: string, 
/**
 * Name.
 */
name: string, 
/**
 * What it is; `null` = not said.
 */
kind: StationKind | null, 
/**
 * How it stands.
 */
state: PeerState, 
/**
 * In touch or apart since, epoch ms; `null` = unknown.
 */
since_ms: number | null, 
/**
 * Everything it had as of then is here, epoch ms; `null` = unknown.
 */
complete_at_ms: number | null, 
/**
 * Its clock less ours, ms; `null` = unknown.
 */
clock_ms: number | null, 
/**
 * Its clock less the county's time as the log has it, ms; `null` = unknown.
 */
clock_error_ms: number | null, 
/**
 * Station (number) that it was compared with for that; `null` = none.
 */
clock_by: number | null, 
/**
 * How it is met.
 */
bearer: string, 
/**
 * Version of its program.
 */
program: string, 
/**
 * Where it may be reached.
 */
addresses: Array<string>, 
/**
 * Entries that go to it still; `null` = unknown.
 */
to_go: number | null, 
/**
 * Entries that come from it still; `null` = unknown.
 */
to_come: number | null, 
/**
 * Tables compared: equal or not; `null` = not compared.
 */
is_equal: boolean | null, 
/**
 * Two histories of one writer were met with it.
 */
is_forked: boolean, 
/**
 * Why the last session ended; `null` = it left, or never met. Words key
 * `station.bye.<word>`.
 */
last_bye: string | null, };

export type Stations = { 
/**
 * By number.
 */
stations: Array<StationRow>, 
/**
 * Newest first.
 */
strangers: Array<Stranger>, 
/**
 * Narrow pipes.
 */
pipes: Array<NarrowPipe>, 
/**
 * Newest first.
 */
meetings: Array<Meeting>, 
/**
 * Station (number) that holds the 110 board; `null` = nobody said.
 */
board: number | null, 
/**
 * This station may invite others.
 */
may_invite: boolean, 
/**
 * The inviter chooses the new station's code.
 */
chooses_code: boolean, };

export type StepAssignment = { 
/**
 * Assignment dot.
 */
assignment: string, 
/**
 * What happened.
 */
step: AssignmentStep, 
/**
 * True time, where it was earlier than now.
 */
at_ms: number | null, };

export type Stored = { 
/**
 * When the commit returned, epoch ms: 已保存 HH:MM:SS.
 */
saved_at_ms: number, };

export type Stranger = { 
/**
 * From where.
 */
address: string, 
/**
 * First letters of its key.
 */
key: string, 
/**
 * When last, epoch ms.
 */
at_ms: number, 
/**
 * How often.
 */
times: number, };

export type TakeBoard = { 
/**
 * Account of the second person.
 */
second: string, 
/**
 * Their passphrase.
 */
passphrase: string, };

export type TimelineLine = { 
/**
 * Entry dot.
 */
entry: string, 
/**
 * When it happened, epoch ms.
 */
at_ms: number, 
/**
 * When it was written, where more than a second later.
 */
written_at_ms: number, 
/**
 * `at_ms` by the county's time, where the clock that gave it was wrong; `null` = it was
 * right, or nothing is known of it.
 */
corrected_at_ms: number | null, 
/**
 * Written by another station whose clock nobody could compare.
 */
is_clock_unknown: boolean, 
/**
 * Who ("台01 接警员", "巡03" …).
 */
by: string, 
/**
 * Kind (noun.verb), e.g. `incident.amend`; the words key is `timeline.<kind>`.
 */
kind: string, 
/**
 * Values for the sentence.
 */
params: Array<Param>, };

export type TodayCounts = { 
/**
 * Incidents opened today.
 */
opened: number | null, 
/**
 * Of those, closed 无效.
 */
invalid: number | null, };

export type Topic = "calls" | "incidents" | "units" | "positions" | "needs" | "honesty" | "settings" | "map" | "wall" | "drawings" | "stations" | "roads";

export type TypeCount = { 
/**
 * Type name; `null` = none was chosen.
 */
name: string | null, 
/**
 * How many.
 */
count: number, };

export type TypeProposal = { 
/**
 * Type code.
 */
code: string, 
/**
 * Path "治安 › 打架斗殴 › 持械".
 */
path: string, 
/**
 * Level the rule proposes.
 */
level: Level, 
/**
 * Rule id.
 */
rule: string, 
/**
 * The words that matched.
 */
matched: Array<string>, };

export type TypeProposals = { 
/**
 * Proposals.
 */
proposals: Array<TypeProposal>, };

export type TypeRow = { 
/**
 * Code.
 */
code: string, 
/**
 * Name.
 */
name: string, 
/**
 * Parent code; `null` = top.
 */
parent: string | null, 
/**
 * Pinyin initials of the name, lower case.
 */
initials: string, 
/**
 * Default level.
 */
level: Level, 
/**
 * Lines whose form offers it; empty = all.
 */
lines: Array<Line>, 
/**
 * Required questions.
 */
questions: Array<Question>, 
/**
 * Guide for the call-taker.
 */
guide: string, };

export type Unit = { 
/**
 * Unit dot.
 */
id: string, 
/**
 * Call sign.
 */
callsign: string, 
/**
 * Kind.
 */
kind: UnitKind, 
/**
 * State; `null` = unknown.
 */
state: UnitState | null, 
/**
 * Time in state with its limits; `null` = unknown since when.
 */
watch: Watch | null, 
/**
 * Officers (警).
 */
officers: number, 
/**
 * Auxiliaries (辅).
 */
auxiliaries: number, 
/**
 * Kit, "盾2" …
 */
kit: Array<string>, 
/**
 * Who leads it; empty = not known.
 */
leader: string, 
/**
 * Its telephone; empty = not known.
 */
phone: string, 
/**
 * Incident it is on.
 */
incident: string | null, 
/**
 * That incident's number.
 */
incident_number: string | null, 
/**
 * Assignment it is on.
 */
assignment: string | null, 
/**
 * Cancelling asked, not acknowledged.
 */
cancel_pending: boolean, 
/**
 * More than one live assignment (冲突).
 */
in_conflict: boolean, };

export type UnitBoard = { 
/**
 * Columns.
 */
groups: Array<UnitGroup>, };

export type UnitGroup = { 
/**
 * Post code.
 */
post: string, 
/**
 * Post name.
 */
name: string, 
/**
 * Echelon 1–3 (街面一级/特巡警/机关预备队).
 */
echelon: number, 
/**
 * Units in order of call sign.
 */
units: Array<Unit>, };

export type UnitKind = "car" | "foot" | "swat" | "fire" | "traffic" | "reserve";

export type UnitState = "available" | "ordered" | "signed" | "en_route" | "on_scene" | "working" | "returning" | "standby" | "off_duty";

export type VoiceDoubt = { 
/**
 * Why they are not one: `contradicts`, `several`, `torn`.
 */
why: string, 
/**
 * Which would stand alone when a person says that they are two.
 */
alone: string, 
/**
 * The others.
 */
others: Array<VoiceOther>, };

export type VoiceMark = { 
/**
 * The row itself was entered by a code that was heard; no original of it is here.
 */
is_stub: boolean, 
/**
 * Who called.
 */
from: string, 
/**
 * Stubs that are parts of it.
 */
parts: number, 
/**
 * Another incident has its code, yet they are not one: a person should look.
 */
in_doubt: boolean, };

export type VoiceOther = { 
/**
 * Its dot.
 */
id: string, 
/**
 * 警情编号.
 */
number: string, 
/**
 * Place text.
 */
place: string | null, };

export type VoicePart = { 
/**
 * Its dot.
 */
id: string, 
/**
 * Its own 警情编号.
 */
number: string, 
/**
 * Who called.
 */
from: string, 
/**
 * Place as heard.
 */
place: string | null, 
/**
 * When it was heard, epoch ms.
 */
at_ms: number, 
/**
 * A person said that it belongs here; else its code did.
 */
by_person: boolean, };

export type VoidDrawing = { 
/**
 * Drawing dot.
 */
drawing: string, 
/**
 * Why, 1 to 400 characters.
 */
reason: string, };

export type WallIncident = { 
/**
 * Incident dot.
 */
id: string, 
/**
 * Name of its type; `null` = not chosen yet.
 */
type_name: string | null, 
/**
 * Level.
 */
level: Level, 
/**
 * Stage.
 */
stage: Stage, 
/**
 * Where, to about 100 m; `null` = not known.
 */
point: Point | null, 
/**
 * When it was opened, epoch ms.
 */
opened_at_ms: number, };

export type WallView = { 
/**
 * Open incidents, newest first.
 */
incidents: Array<WallIncident>, 
/**
 * Open in all.
 */
open: number, 
/**
 * Opened since local midnight; `null` = the count failed.
 */
today: number | null, 
/**
 * Units free.
 */
free: number, 
/**
 * Units on incidents.
 */
busy: number, 
/**
 * Units whose state is not known.
 */
unknown: number, 
/**
 * The incident the duty desk looks at; `null` = none.
 */
follows: string | null, };

export type Watch = { 
/**
 * When the clock started, epoch ms.
 */
since_ms: number, 
/**
 * When it turns amber; `null` where no limit is set.
 */
amber_at_ms: number | null, 
/**
 * When it turns red; `null` where no limit is set.
 */
red_at_ms: number | null, };
