"""SuiteQL's lower-case names as the catalogs write them: `lastModifiedDate`, Last Modified Date."""

from __future__ import annotations

from functools import lru_cache

_VOCABULARY = """
    1099 abbrev abbreviation abc ability access account accountant accounting accounts accrual
    accruals acct action active activity actual ad add addr address addressbook addressee addresses
    adj adjust adjustment admins affecting after agency agent aggregate aging alcohol alert alg algo
    all alloc allocation allow alt alternate amort amortiz amortization amount annually api app
    application apply approval approved approver ar arrangement arrears art as assemblies assembly
    asset assigned assignment assistant assistanttwo at atp attachment attachments attention audit
    author auto automatic avail available average back backordered backup backward bal balance bank
    banking base based basis batch be before behavior bill billable billed billing bin bins birth
    birthdate board bold bom book both bounced bucket budget budgets buffer build bulk bundle
    business buying by calculate calculation calendar calendars call campaign can capacity capture
    card carrier carton case cash category cc center certificate change changed changes charge check
    children chrg city class classification clear cleared click client close closed closing code
    cogs collection color comments commission commit commitment committed company complete completed
    completion component concurrency concurrent conditions confidence confidential config
    configuration consignment consol consolidated consumption contact context contexts contingent
    contract control conversion convert converted copy cost costing count country county coupon
    create created credit criterion cross currency current cust custom customer cutoff cycle daily
    dashboard data date dates day days dead deal death debit decomposition default defer deferral
    deferred definition delete deleted delivery demand department deployed deployment deposit
    derived descr description designated detail detailed details device diff dimension direct
    direction discount discounted display displayed distinct distribution division do doc document
    does dont down driven drop dropdown dropship due duplicate duration dynamic early earned editing
    edition effective element eligible eliminate elimination email emails employee employees
    employer enable enabled end enforce engine enter entered entire entity entry error est estimate
    estimated ethnicity evenly event events every exception exch exchange exclude execution exempt
    existing exp expected expense expenses expiration expires expiry explicit export ext external
    fail failed fair fax feature federal fee feed fence field file files fin financials firm firmed
    first fiscal fixed flow fob folder for forecast foreign form format formula forward fragment
    free freight frequency friday from froogle fulfillable fulfilled fulfillment full fully function
    funds fx gain gateway gender general generate generated geolocation gift give gl global grade
    gross group grouping guide hand handling has hazard hazmat height hide hierarchy high hire
    historical history hold home horizon hosted hour hours html iban id identifier if image impact
    implementation imported in inactive inarrears inbound include included income incoming incoterm
    individually info init initial initials inline input installment instance instrument integer
    integration inter interco intercompany internal internally interval into intransit inventory
    invoice invoiced invt ip is issue item items job journal key keywords kit knowledge label labor
    lading lag landed language last late latitude layout lead leads left legacy legal length level
    library license likely limit line lines link linked links list load local locale location
    locations lock locked locking log logged logging login logo long longitude loss lot low machine
    mail main make manager mandatory manual manufacture manufacturer manufacturing map marginal
    marital market masked mass master match matching material materials matrix max maximum media mem
    member memo message meta metakeywords method methods middle min minimum mins minutes misc mli
    mobile mode modification modified modifier monday month monthly mpn ms multiple name nationality
    nature needed needs negative net new next nextag nexus no non not note notes notice notify num
    number numbered numbering numbers oauth obsolete of off office offline offset old omit on once
    one online only open opening operation opportunity optimistic option or ord order ordered orders
    organizer origin other out outbound outgoing outlook over overall overdue overhead override own
    owner ownership pack package packaging packed packing page paged pages paid parent partner
    partners party pay payables payee payer payment payments payroll pc pct pdf peer pegging pending
    per percent percentage period periodic periods permission permissions person phantom phone pick
    picked picking pickup picture placement plan planned planning plans plugin plural point policy
    popular portlet post posted posting potential pre precision pred predicted pref preference
    preferred prefix prepayment prev previous price prices pricing primary print printed priority
    private probability proc procedure process processed processor prod producer product production
    profile profit program progress project projected projects promise promised promotion promotions
    prospect public publish purchase put qty quantities quantity quarter queries queue quick quota
    range ratable rate rates ratio readiness real realized reason rec receipt receivable receivables
    receive received receiving recent recipient recognition recognized reconcile record recur
    recurrence recv reduce ref reference referrer reg region regions registration rehireable
    reimbursable rejected related relation relationship release released remainder remaining
    reminder rental reorder rep repeat replenishment report reporting reports representing request
    required requisition res resale reschedule resident residential residual resource resources
    response rest restlet restrict restriction restrictions retail return returned rev reval
    revaluation revenue reversal reverse review revision right risk role roles root round rounding
    route routing row rule rules run safety salary sale sales salutation same saturday save saved
    sbank scale sched schedule scheduleb scheduled scheduling scheme scope score scrap screen script
    search seasonal sec second seconds security seg segment sell send sent sequence serial series
    service services session set settings settlement setup sheet shelf ship shipment shipped
    shipping shop shopping shopzilla short show signed single site size sizing small social solution
    sort source special specific split ssn stage stages standard start state statement status step
    stock stop storage store stored storefront strategy stream strengths string sub subject sublist
    submission submitted subscription subsequent subsidiaries subsidiary subtotal subtype suite
    suitelet sum summary sunday supervisor supplier supply support symbol sync synchronize system
    tab tag target task tax taxable taxid template term termination terms territory text third this
    threshold thumbnail thursday ticket time timed timeframe tin title to token tomorrow top total
    track tracking trading tran transaction transactions transfer transit translated translation
    tree trial tuesday two type types unbilled unbuild undelivered undep unique unit units unpaid
    unsubscribe until unused uom up upc update updated updates uri url use used useful user users
    usr utilization valid validate value variance vat vend vendor vendors verified version vessel
    view visa visible visit visited visits void voided volume vsoe wage warehouse weaknesses web
    website wednesday week weight weighted width win window wip with within won work workbook worker
    workflow working workplace yahoo year yield zero zip zone
"""
_WORDS = frozenset(_VOCABULARY.split())
_LONGEST = max(map(len, _WORDS))


def camel(name: str) -> str:
    """A standard name in camel case; a custom one, and one whose words are unknown, as it is."""
    first, *others = words(name)
    return first + "".join(word.capitalize() for word in others)


def title(name: str) -> str:
    """A standard name as people read it."""
    parts = [word for part in name.split("_") for word in words(part)]
    return " ".join("ID" if word == "id" else word.capitalize() for word in parts)


@lru_cache(maxsize=8192)
def words(name: str) -> tuple[str, ...]:
    """The words that `name` is made of, as few and long as there can be; itself if unknown."""
    if "_" in name:
        return (name,)
    # best[i] are the words of the first i letters.
    best: list[tuple[str, ...] | None] = [(), *[None] * len(name)]
    for end in range(1, len(name) + 1):
        for start in range(max(0, end - _LONGEST), end):
            before, word = best[start], name[start:end]
            if before is None or not (word in _WORDS or word.isdigit()):
                continue
            found = best[end]
            if found is None or len(before) + 1 < len(found):
                best[end] = (*before, word)
    return best[-1] or (name,)
