import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that can happen to one guest around its one restart: our steps, those of Nova, of libvirt and of the user, in each order,
 * with deaths of the daemon and of libvirtd, a boot of the host and an evacuation between any two of them. Every state that can
 * be reached is looked at (breadth first, so a counterexample is a shortest one).
 *
 * <p>Run it with src/dev/model-check. What it covers and what it leaves out is in src/docs/model.md.
 */
public final class RestartModel {
    /** What protects the guest. Each can be switched off, to see what it is there for. */
    enum Rule {
        MARK("the definition says that a restart is under way"),
        BOOT_ID("a mark of another boot starts nobody"),
        BOOT_CLOCK("a mark's age is told by the boot clock too, not by the wall clock alone"),
        YOUNG_MARK("a mark starts a guest for 15 s only, until Nova acts upon its being off"),
        NEEDS("all that a start needs is there before the guest is stopped"),
        ONCE("one restart for each start"),
        SENT_SINCE("an end that was sent before the process began licenses nothing"),
        SENT_TO_US("an end that was sent before this daemon ran licenses nothing: what its predecessor has heard it does not know"),
        LOOK_BEFORE_STOP("the guest is looked at again right before it is stopped"),
        QUEUE_BEFORE_STOP("the queue is read to its end before the guest is stopped"),
        QUEUE_BEFORE_START("the queue is read to its end before a stopped guest is started"),
        QUEUE_BEFORE_FINISH("the next daemon reads the queue to its end before it starts a marked guest"),
        HELD_MESSAGES("the beginning of a task is not acknowledged while the guest's restart is under way, or marked"),
        LEFT_TO_NOVA("the mark goes when a stopped guest is left to a task of Nova's"),
        MIGRATION_IS_NO_STOP("a live migration, which fails when its guest is stopped, does not take a stopped guest over"),
        OWN_POWER_OFF("a guest that has powered itself off, as libvirt's reason says, is not started"),
        WAY_BACK("a guest that does not start with the new definition is started with the former one"),
        FROM_WHAT_IS_THERE("the former definition is made from the one that is there, never from an old text"),
        MARK_OF_A_NEWER_START_GOES("the mark goes from a guest that was started since"),
        MARK_OF_THE_SAME_PROCESS_STAYS("a process that was to end is watched for minutes, by the next daemon too, and the mark stays"),
        WATCH_RENEWS_THE_MARK("as long as such a process is watched its mark is kept young");

        final String text;

        Rule(String text) {
            this.text = text;
        }
    }

    enum Definition { NONE, NOVAS, OURS }

    enum Mark { NONE, OF_THIS_BOOT, OF_AN_EARLIER_BOOT }

    /** OLD: it has written something, or has run longer than the restart window. */
    enum Guest { OFF, POWERED_ITSELF_OFF, YOUNG, OLD }

    /** What has been done to the wall clock since the mark was written. */
    enum WallClock { STEADY, SET_FORWARD, SET_BACK }

    enum Task { NONE, STOP, START, DELETE, MOVE, LIVE_MIGRATION }

    enum Wish { ON, OFF, DELETED }

    enum Place { HERE, THERE }

    /** Where the daemon is; DEAD: systemd starts the next within a second; AWAY: it stays dead until somebody starts it. */
    enum Step { DEAD, AWAY, IDLE, LOOKED, MARKED, CHECKED, STOPPED, STARTED, REFUSED, BACK, WATCHING }

    /** Kinds of messages of Nova's, as bits. */
    static final int STOP_BEGINS = 1, START_BEGINS = 2, DELETE_BEGINS = 4, MOVE_BEGINS = 8, LIVE_MIGRATION_BEGINS = 16,
            STOP_ENDS = 32, START_ENDS = 64, EARLIER_START_ENDS = 128;
    static final int TAKES_OVER = STOP_BEGINS | START_BEGINS | DELETE_BEGINS | MOVE_BEGINS, BEGINS = TAKES_OVER | LIVE_MIGRATION_BEGINS;

    static final class State implements Cloneable {
        // the host
        boolean hostUp = true, libvirtUp = true;
        Definition definition = Definition.NOVAS;
        Mark mark = Mark.NONE;
        /** Younger than 15 s. */
        boolean markYoung;
        /** The process that runs is the one that the mark was to end. */
        boolean markIsOfThisProcess;
        /** The record says that this process has had its restart. */
        boolean restarted;
        WallClock wall = WallClock.STEADY;
        Guest guest = Guest.YOUNG;
        /** A destroy that libvirt gave up will still succeed. */
        boolean dying;
        boolean startsWithOurs = true, needsThere = true;
        int restarts;
        // Nova and its user
        boolean runsThere;
        Place place = Place.HERE;
        boolean active = true;
        Task task = Task.NONE;
        int taskStep;
        /** Nova holds a Stopped event back, and stops the instance after 15 s. */
        boolean stoppedEventHeld;
        /** nova-compute has still to look after its guests, after the host's boot. */
        boolean bootPending;
        Wish wish = Wish.ON;
        int queue = START_ENDS;
        // the daemon
        Step step = Step.IDLE;
        int heard;
        boolean takenOver, touched;
        // the story
        int faultsLeft, wishesLeft;
        /** More than a second without the daemon or libvirt, or a leap of the clock, in the wrong moment: the guest may stay off. */
        boolean late;
        /** Of the state as it is once its change is made; null until then. */
        private Key key;

        State copy() {
            try {
                State s = (State) clone();
                s.key = null;
                return s;
            } catch (CloneNotSupportedException e) {
                throw new AssertionError(e);
            }
        }

        boolean on() {
            return guest == Guest.YOUNG || guest == Guest.OLD;
        }

        boolean asWished() {
            return switch (wish) {
                case ON -> on() != runsThere;
                case OFF, DELETED -> !on() && !runsThere;
            };
        }

        Key key() {
            if (key == null) {
                key = newKey();
            }
            return key;
        }

        private Key newKey() {
            long bits = queue;
            bits = bits << 5 | heard;
            for (boolean b : new boolean[] {hostUp, libvirtUp, markYoung, markIsOfThisProcess, restarted, dying, startsWithOurs, needsThere,
                    runsThere, active, stoppedEventHeld, bootPending, takenOver, touched, late}) {
                bits = bits << 1 | (b ? 1 : 0);
            }
            long more = 0;
            for (int n : new int[] {definition.ordinal(), mark.ordinal(), wall.ordinal(), guest.ordinal(), restarts, place.ordinal(),
                    task.ordinal(), taskStep, wish.ordinal(), step.ordinal(), faultsLeft, wishesLeft}) {
                more = more << 4 | n;
            }
            return new Key(bits, more);
        }
    }

    record Key(long bits, long more) {
        /** Mixed well: a record's own one gives thousands of such keys the same. */
        @Override
        public int hashCode() {
            long mixed = bits * 0x9E3779B97F4A7C15L ^ more;
            return (int) ((mixed ^ mixed >>> 29) * 0xBF58476D1CE4E5B9L >>> 32);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && key.bits == bits && key.more == more;
        }
    }

    /** How soon a step is done, and by whom. Time passes only when nothing of SOON is left to do. */
    enum Pace { SOON, SOME_TIME, TIME, FAULT }

    record Edge(String what, Pace pace, State to, String violation) {}

    /** Which stand behind others: with all of those in force the model finds nothing that they alone prevent. */
    private static final Set<Rule> SECOND_LINE = EnumSet.of(Rule.LEFT_TO_NOVA, Rule.MARK_OF_A_NEWER_START_GOES);

    private final Set<Rule> rules;
    private final int faults;
    private final int wishes;
    private List<Edge> edges = new ArrayList<>();

    /**
     * @param rules those in force
     * @param faults how many faults a story may hold
     * @param wishes how often the user, the operator or the guest itself may want something
     */
    RestartModel(Set<Rule> rules, int faults, int wishes) {
        this.rules = rules;
        this.faults = faults;
        this.wishes = wishes;
    }

    private boolean has(Rule rule) {
        return rules.contains(rule);
    }

    private interface Change {
        void to(State s);
    }

    private void add(State s, Pace pace, String what, Change change) {
        State t = s.copy();
        change.to(t);
        if (!t.key().equals(s.key())) {
            edges.add(new Edge(what, pace, t, wrong(t)));
        }
    }

    private static String wrong(State s) {
        if (s.on() && s.runsThere) {
            return "the guest runs twice: here and on the other host";
        }
        if (s.on() && s.wish == Wish.DELETED && s.task == Task.NONE && !s.bootPending) {
            return "a deleted guest runs";
        }
        return s.restarts > 1 ? "the guest is restarted a second time for one start" : null;
    }

    List<Edge> from(State s) {
        edges = new ArrayList<>();
        if (s.hostUp) {
            daemon(s);
            messages(s);
            nova(s);
        }
        machine(s);
        user(s);
        boolean busy = edges.stream().anyMatch(e -> e.pace == Pace.SOON);
        if (s.hostUp && !busy) {
            time(s);
        }
        return edges;
    }

    // ---- the daemon

    private void daemon(State s) {
        if (s.step == Step.DEAD || s.step == Step.AWAY) {
            add(s, s.step == Step.DEAD ? Pace.SOON : Pace.SOME_TIME, "systemd: starts the next daemon", t -> t.step = Step.IDLE);
            return;
        }
        if (!s.libvirtUp) {
            if (s.step == Step.LOOKED || s.step == Step.MARKED || s.step == Step.CHECKED) {
                add(s, Pace.SOON, "daemon: gives up, for libvirt is away", t -> t.step = Step.IDLE);
            }
            return;
        }
        switch (s.step) {
            case IDLE -> recover(s);
            case LOOKED -> add(s, Pace.SOME_TIME, "daemon: defines the new definition, marked", this::define);
            case MARKED -> add(s, Pace.SOON, "daemon: looks again before it stops the guest", this::lookAgain);
            case CHECKED -> stop(s);
            case STOPPED -> start(s, "with the new definition");
            case REFUSED -> add(s, Pace.SOON, "daemon: defines the former definition, marked", this::goBack);
            case BACK -> start(s, "with the former definition");
            case STARTED -> add(s, Pace.SOON, "daemon: takes the mark off, restarted", t -> {
                t.step = Step.IDLE;
                settle(t, true);
            });
            case WATCHING -> {
                if (!s.on()) {
                    add(s, Pace.SOON, "daemon: sees that the guest has died after all", t -> t.step = Step.REFUSED);
                } else if (!s.dying) {
                    add(s, Pace.SOME_TIME, "daemon: has seen the guest alive for minutes", t -> {
                        t.step = Step.IDLE;
                        settle(t, true);
                    });
                }
            }
            default -> throw new AssertionError(s.step);
        }
    }

    private static void settle(State t, boolean restarted) {
        if (t.mark != Mark.NONE) {
            t.mark = Mark.NONE;
            t.markYoung = false;
            t.markIsOfThisProcess = false;
            t.wall = WallClock.STEADY;
            t.restarted = restarted;
        }
    }

    private boolean mayRestart(State s) {
        return s.guest == Guest.YOUNG && s.definition != Definition.NONE && s.mark == Mark.NONE && s.heard == 0
                && (s.needsThere || !has(Rule.NEEDS)) && !(s.restarted && has(Rule.ONCE));
    }

    private void define(State t) {
        if (t.touched || !t.on() || t.definition == Definition.NONE) {
            t.step = Step.IDLE;
            return;
        }
        t.step = Step.MARKED;
        t.definition = Definition.OURS;
        t.takenOver = false;
        if (has(Rule.MARK)) {
            t.mark = Mark.OF_THIS_BOOT;
            t.markYoung = true;
            t.markIsOfThisProcess = true;
            t.wall = WallClock.STEADY;
        }
    }

    private void lookAgain(State t) {
        boolean queueSilent = !has(Rule.QUEUE_BEFORE_STOP) || (t.queue & BEGINS) == 0;
        boolean same = t.guest == Guest.YOUNG && !t.touched;
        if (!has(Rule.LOOK_BEFORE_STOP) || (same && t.heard == 0 && queueSilent)) {
            t.step = Step.CHECKED;
        } else {
            t.step = Step.IDLE;
            settle(t, false);
        }
    }

    private void stop(State s) {
        if (!s.on()) {
            add(s, Pace.SOON, "daemon: finds the guest stopped by somebody else, takes the mark off", t -> {
                t.step = Step.IDLE;
                settle(t, false);
            });
            return;
        }
        if (s.guest == Guest.OLD) {
            edges.add(new Edge("daemon: stops the guest", Pace.SOON, s.copy(), "a guest that has run, or has written, is stopped"));
        }
        add(s, Pace.SOON, "daemon: stops the guest", t -> stopped(t));
        fault(s, "libvirtd: dies in the daemon's destroy, which is done", t -> {
            stopped(t);
            t.libvirtUp = false;
        });
        fault(s, "libvirtd: dies in the daemon's destroy, which is not done", t -> {
            t.step = Step.IDLE;
            t.libvirtUp = false;
        });
        fault(s, "libvirt: gives the destroy up; QEMU will die of it later", t -> {
            t.step = Step.WATCHING;
            t.dying = true;
        });
        fault(s, "libvirt: gives the destroy up; QEMU lives on", t -> t.step = Step.WATCHING);
    }

    private static void stopped(State t) {
        t.step = Step.STOPPED;
        t.restarts++;
        off(t);
        if (t.task == Task.LIVE_MIGRATION) {
            t.task = Task.NONE;
        }
    }

    private static void off(State t) {
        t.guest = Guest.OFF;
        t.dying = false;
        t.stoppedEventHeld = true;
        t.markIsOfThisProcess = false;
    }

    private static void on(State t) {
        t.guest = Guest.YOUNG;
        t.stoppedEventHeld = false;
        t.markIsOfThisProcess = false;
        t.restarted = false;
    }

    private boolean poweredItselfOff(State s) {
        return s.guest == Guest.POWERED_ITSELF_OFF && has(Rule.OWN_POWER_OFF);
    }

    private static boolean starts(State s) {
        return s.needsThere && (s.startsWithOurs || s.definition == Definition.NOVAS);
    }

    private boolean novaHasIt(State s, Rule queueRead) {
        int known = s.heard | (has(queueRead) ? s.queue : 0);
        int takes = has(Rule.MIGRATION_IS_NO_STOP) ? TAKES_OVER : BEGINS;
        return s.takenOver || (known & takes) != 0;
    }

    private void start(State s, String how) {
        if (s.definition == Definition.NONE) {
            add(s, Pace.SOON, "daemon: finds that Nova has undefined the guest", t -> t.step = Step.IDLE);
        } else if (s.on()) {
            add(s, Pace.SOON, "daemon: finds the guest started already", t -> t.step = Step.STARTED);
        } else if (novaHasIt(s, Rule.QUEUE_BEFORE_START)) {
            add(s, Pace.SOON, "daemon: leaves the stopped guest to Nova, which has begun a task", this::leave);
        } else if (starts(s)) {
            add(s, Pace.SOON, "daemon: starts the guest " + how, t -> {
                on(t);
                t.step = Step.STARTED;
            });
            fault(s, "libvirtd: dies in the daemon's create, which is done", t -> {
                on(t);
                t.libvirtUp = false;
            });
        } else {
            add(s, Pace.SOON, "libvirt: refuses to start the guest " + how,
                    t -> t.step = s.step == Step.STOPPED && has(Rule.WAY_BACK) ? Step.REFUSED : Step.IDLE);
        }
    }

    private void leave(State t) {
        t.step = Step.IDLE;
        t.takenOver = true;
        if (has(Rule.LEFT_TO_NOVA)) {
            settle(t, false);
        }
    }

    private void goBack(State t) {
        boolean textOfOld = !has(Rule.FROM_WHAT_IS_THERE);
        if (t.definition == Definition.NONE && !textOfOld) {
            t.step = Step.IDLE;
        } else if ((novaHasIt(t, Rule.QUEUE_BEFORE_START) || poweredItselfOff(t)) && !textOfOld) {
            leave(t);
        } else {
            if (t.mark != Mark.NONE || textOfOld) {
                t.definition = Definition.NOVAS;
            }
            t.step = t.on() ? Step.STARTED : Step.BACK;
        }
    }

    /** What every look at a domain begins with: at the daemon's start, when libvirt is back, after each binding. */
    private void recover(State s) {
        if (s.mark == Mark.NONE || s.definition == Definition.NONE) {
            return;
        }
        if (s.on()) {
            if (s.markIsOfThisProcess && has(Rule.MARK_OF_THE_SAME_PROCESS_STAYS)) {
                add(s, Pace.SOON, "daemon: finds the process that was to end, watches it", t -> t.step = Step.WATCHING);
            } else if (s.markIsOfThisProcess || has(Rule.MARK_OF_A_NEWER_START_GOES)) {
                add(s, Pace.SOON, "daemon: takes the mark off a running guest", t -> settle(t, !s.markIsOfThisProcess));
            }
            return;
        }
        if (poweredItselfOff(s)) {
            add(s, Pace.SOON, "daemon: takes the mark off a guest that has powered itself off", t -> settle(t, false));
            return;
        }
        if (s.mark == Mark.OF_AN_EARLIER_BOOT && has(Rule.BOOT_ID)) {
            add(s, Pace.SOON, "daemon: takes the mark of an earlier boot off", t -> settle(t, false));
            return;
        }
        if (novaHasIt(s, Rule.QUEUE_BEFORE_FINISH)) {
            if (has(Rule.LEFT_TO_NOVA)) {
                add(s, Pace.SOON, "daemon: takes the mark off a stopped guest that is Nova's", t -> settle(t, false));
            }
            return;
        }
        boolean youngByWall = s.wall == WallClock.SET_BACK || (s.markYoung && s.wall == WallClock.STEADY);
        // a count of ticks of an earlier boot may look young
        boolean youngByBoot = s.markYoung || s.mark == Mark.OF_AN_EARLIER_BOOT || !has(Rule.BOOT_CLOCK);
        if (!(youngByWall && youngByBoot) && has(Rule.YOUNG_MARK)) {
            add(s, Pace.SOON, "daemon: takes an old mark off, and tells that the guest is off", t -> settle(t, false));
        } else if (starts(s)) {
            add(s, Pace.SOON, "daemon: finishes the restart, starts the guest", RestartModel::on);
            fault(s, "libvirtd: dies in the daemon's create, which is done", t -> {
                on(t);
                t.libvirtUp = false;
            });
        } else if (s.definition == Definition.OURS && has(Rule.WAY_BACK)) {
            add(s, Pace.SOON, "daemon: cannot finish the restart, defines the former definition", t -> t.definition = Definition.NOVAS);
        }
    }

    /** In any order; each may be delivered again as long as the daemon could die before it acknowledges it. */
    private void messages(State s) {
        if (s.step == Step.DEAD || s.step == Step.AWAY) {
            return;
        }
        for (int message = 1; message <= EARLIER_START_ENDS; message <<= 1) {
            if ((s.queue & message) == 0) {
                continue;
            }
            int m = message;
            if ((m & BEGINS) != 0) {
                add(s, Pace.SOME_TIME, "daemon: hears " + words(m), t -> {
                    boolean held = t.mark != Mark.NONE || t.step != Step.IDLE;
                    t.heard |= m;
                    if (!held || !has(Rule.HELD_MESSAGES)) {
                        t.queue &= ~m;
                    }
                    t.takenOver |= t.mark != Mark.NONE && (m & TAKES_OVER) != 0;
                });
                continue;
            }
            if (m == STOP_ENDS) {
                add(s, Pace.SOME_TIME, "daemon: hears " + words(m), t -> {
                    t.heard &= ~STOP_BEGINS;
                    t.queue &= ~(STOP_BEGINS | m);
                });
                continue;
            }
            boolean licenses = m == START_ENDS || !has(Rule.SENT_SINCE);
            for (boolean again : new boolean[] {false, true}) {
                add(s, Pace.SOME_TIME, "daemon: hears " + words(m) + (again ? ", which will come again" : ""), t -> {
                    if (m == START_ENDS) {
                        t.heard &= ~START_BEGINS;
                        t.queue &= ~START_BEGINS;
                    }
                    if (!again) {
                        t.queue &= ~m;
                    }
                    if (licenses && t.step == Step.IDLE && t.libvirtUp && mayRestart(t)) {
                        t.step = Step.LOOKED;
                        t.touched = false;
                    }
                });
            }
        }
    }

    private static String words(int message) {
        return switch (message) {
            case STOP_BEGINS -> "that Nova has begun to stop the guest";
            case START_BEGINS -> "that Nova has begun to start the guest anew";
            case DELETE_BEGINS -> "that Nova has begun to delete the guest";
            case MOVE_BEGINS -> "that Nova has begun to move the guest to the other host";
            case LIVE_MIGRATION_BEGINS -> "that Nova has begun to migrate the guest live";
            case STOP_ENDS -> "that Nova has stopped the guest";
            case START_ENDS -> "that Nova has started the guest";
            case EARLIER_START_ENDS -> "late of an earlier start";
            default -> throw new AssertionError(message);
        };
    }

    // ---- Nova

    private void begin(State t, Task task, int message) {
        t.task = task;
        t.taskStep = 0;
        t.queue |= message;
        if (task == Task.START && (t.queue & START_ENDS) != 0) {
            t.queue = t.queue & ~START_ENDS | EARLIER_START_ENDS;
        }
    }

    private static void novaStops(State t) {
        t.guest = Guest.OFF;
        t.dying = false;
        t.stoppedEventHeld = false;
        t.markIsOfThisProcess = false;
        t.touched = true;
        t.taskStep++;
    }

    private static void undefine(State t) {
        t.definition = Definition.NONE;
        t.mark = Mark.NONE;
        t.markYoung = false;
        t.markIsOfThisProcess = false;
        t.wall = WallClock.STEADY;
        t.touched = true;
        t.taskStep++;
    }

    private void nova(State s) {
        if (s.bootPending) {
            add(s, Pace.SOME_TIME, "nova-compute: looks after its guests, after the boot", this::afterBoot);
            return;
        }
        if (s.place == Place.THERE && s.definition != Definition.NONE && s.task == Task.NONE) {
            add(s, Pace.SOME_TIME, "Nova: takes away what is left of the guest here", RestartModel::undefine);
        }
        if (s.task == Task.NONE && s.place == Place.HERE && !s.active && s.on() && s.wish != Wish.DELETED) {
            add(s, Pace.SOME_TIME, "Nova: begins to stop a guest that runs and should be stopped", t -> begin(t, Task.STOP, STOP_BEGINS));
        }
        if (!s.libvirtUp) {
            return;
        }
        if (s.task != Task.NONE && s.taskStep == 0 && s.task != Task.LIVE_MIGRATION) {
            add(s, Pace.SOME_TIME, "Nova: powers the guest off here", RestartModel::novaStops);
        } else if (s.task == Task.STOP) {
            add(s, Pace.SOME_TIME, "Nova: says that the guest is stopped", t -> {
                t.active = false;
                t.task = Task.NONE;
                t.taskStep = 0;
                t.queue |= STOP_ENDS;
            });
        } else if (s.task == Task.DELETE) {
            add(s, Pace.SOME_TIME, "Nova: undefines the guest", t -> {
                undefine(t);
                t.task = Task.NONE;
                t.taskStep = 0;
            });
        } else if (s.task == Task.MOVE || (s.task == Task.LIVE_MIGRATION && s.taskStep > 0)) {
            boolean live = s.task == Task.LIVE_MIGRATION;
            add(s, Pace.SOME_TIME, live ? "Nova: the guest goes on running on the other host" : "Nova: the guest is on the other host", t -> {
                if (live) {
                    novaStops(t);
                    undefine(t);
                }
                t.place = Place.THERE;
                t.runsThere = s.active;
                t.task = Task.NONE;
                t.taskStep = 0;
            });
        } else if (s.task == Task.LIVE_MIGRATION) {
            add(s, Pace.SOME_TIME, "Nova: " + (s.on() ? "the live migration goes on" : "the live migration fails, for the guest is off"), t -> {
                t.task = t.on() ? t.task : Task.NONE;
                t.taskStep = t.on() ? 1 : 0;
            });
        } else if (s.task == Task.START) {
            novaStart(s);
        }
    }

    private void novaStart(State s) {
        switch (s.taskStep) {
            case 1 -> add(s, Pace.SOME_TIME, "Nova: undefines the guest, to define it anew", RestartModel::undefine);
            case 2 -> add(s, Pace.SOME_TIME, "Nova: defines the guest anew", t -> {
                t.definition = Definition.NOVAS;
                t.restarted = false;
                t.touched = true;
                t.taskStep++;
            });
            case 3 -> {
                // from its destroy to its create Nova takes longer than we from the last look to the destroy
                if (s.step != Step.CHECKED) {
                    add(s, Pace.SOME_TIME, s.on() ? "Nova: finds the guest started already" : "Nova: starts the guest", t -> {
                        if (!t.on()) {
                            on(t);
                            t.restarts = 0;
                        }
                        t.touched = true;
                        t.taskStep++;
                    });
                }
            }
            case 4 -> add(s, Pace.SOME_TIME, "Nova: says that the guest is started", t -> {
                t.active = true;
                t.task = Task.NONE;
                t.taskStep = 0;
                t.queue |= START_ENDS;
            });
            default -> throw new AssertionError(s.taskStep);
        }
    }

    private void afterBoot(State t) {
        t.bootPending = false;
        if (t.place == Place.THERE || t.wish == Wish.DELETED) {
            novaStops(t);
            undefine(t);
            t.taskStep = 0;
        } else if (t.wish == Wish.ON) {
            begin(t, Task.START, START_BEGINS);
        } else {
            t.active = false;
        }
    }

    // ---- the machine, the user, time

    private void fault(State s, String what, Change change) {
        if (s.faultsLeft > 0) {
            add(s, Pace.FAULT, "FAULT: " + what, t -> {
                change.to(t);
                t.faultsLeft--;
            });
        }
    }

    private void daemonEnds(State t, Step how) {
        if ((t.queue & START_ENDS) != 0 && has(Rule.SENT_TO_US)) {
            t.queue = t.queue & ~START_ENDS | EARLIER_START_ENDS;
        }
        t.step = how;
        t.heard = 0;
        t.takenOver = false;
        t.touched = false;
    }

    private void machine(State s) {
        if (!s.hostUp) {
            add(s, Pace.SOME_TIME, "the host boots", t -> {
                t.hostUp = true;
                t.libvirtUp = true;
                t.bootPending = true;
                t.step = Step.DEAD;
            });
            if (s.place == Place.HERE && s.wish != Wish.DELETED) {
                add(s, Pace.SOME_TIME, "the operator has the guest evacuated to the other host", t -> {
                    t.place = Place.THERE;
                    t.runsThere = t.active && t.wish == Wish.ON;
                });
            }
            return;
        }
        if (s.step != Step.DEAD && s.step != Step.AWAY) {
            fault(s, "the daemon dies", t -> daemonEnds(t, Step.DEAD));
            fault(s, "the daemon dies and stays away", t -> daemonEnds(t, Step.AWAY));
        }
        if (s.libvirtUp) {
            fault(s, "libvirtd dies", t -> t.libvirtUp = false);
        } else {
            add(s, Pace.SOON, "systemd: starts libvirtd", t -> t.libvirtUp = true);
        }
        if (s.dying) {
            add(s, Pace.SOME_TIME, "QEMU dies of the destroy that libvirt gave up", RestartModel::off);
        }
        if (s.mark != Mark.NONE && s.wall == WallClock.STEADY) {
            fault(s, "the wall clock is set forward", t -> {
                t.wall = WallClock.SET_FORWARD;
                t.late = true;
            });
            fault(s, "the wall clock is set back", t -> t.wall = WallClock.SET_BACK);
        }
        fault(s, "the host loses its power", t -> {
            daemonEnds(t, Step.DEAD);
            novaStops(t);
            t.hostUp = false;
            t.libvirtUp = false;
            t.active |= t.task == Task.START;
            t.task = Task.NONE;
            t.taskStep = 0;
            t.markYoung = false;
            t.mark = t.mark == Mark.NONE ? Mark.NONE : Mark.OF_AN_EARLIER_BOOT;
        });
    }

    private void wish(State s, String what, Change change) {
        if (s.wishesLeft > 0) {
            add(s, Pace.FAULT, what, t -> {
                change.to(t);
                t.wishesLeft--;
            });
        }
    }

    private void user(State s) {
        if (!s.hostUp || s.bootPending || s.task != Task.NONE || s.wish == Wish.DELETED) {
            return;
        }
        if (s.place == Place.THERE) {
            if (!s.active) {
                wish(s, "user: has the guest started on the other host", t -> {
                    t.wish = Wish.ON;
                    t.active = true;
                    t.runsThere = true;
                });
            }
            return;
        }
        if (s.active) {
            wish(s, "user: has the guest stopped", t -> {
                t.wish = Wish.OFF;
                begin(t, Task.STOP, STOP_BEGINS);
            });
            wish(s, "operator: has the guest migrated live", t -> begin(t, Task.LIVE_MIGRATION, LIVE_MIGRATION_BEGINS));
        }
        wish(s, s.active ? "user: has the guest rebooted hard" : "user: has the guest started", t -> {
            t.wish = Wish.ON;
            begin(t, Task.START, START_BEGINS);
        });
        wish(s, "user: has the guest deleted", t -> {
            t.wish = Wish.DELETED;
            begin(t, Task.DELETE, DELETE_BEGINS);
        });
        wish(s, "user: has the guest resized or moved to the other host", t -> {
            t.wish = t.active ? Wish.ON : t.wish;
            begin(t, Task.MOVE, MOVE_BEGINS);
        });
        // what has just been started has no system yet that could
        if (s.guest == Guest.OLD) {
            wish(s, "guest: powers itself off", t -> {
                t.wish = Wish.OFF;
                off(t);
                t.guest = Guest.POWERED_ITSELF_OFF;
                t.touched = true;
            });
        }
    }

    private void time(State s) {
        evacuation(s);
        if (s.guest == Guest.YOUNG) {
            add(s, Pace.TIME, "ten seconds pass: the guest is out of its boot window", t -> t.guest = Guest.OLD);
        }
        if (s.markYoung || s.stoppedEventHeld) {
            add(s, Pace.TIME, "15 s pass" + (novaActs(s) ? ": Nova begins to stop the instance, for it is off" : ""), t -> {
                t.late |= t.step == Step.AWAY && t.mark != Mark.NONE;
                t.markYoung &= t.step == Step.WATCHING && has(Rule.WATCH_RENEWS_THE_MARK);
                if (novaActs(t)) {
                    t.stoppedEventHeld = false;
                    begin(t, Task.STOP, STOP_BEGINS);
                }
            });
        }
    }

    /** Of an evacuation from a host that was not switched off the queue of this host need not hear. */
    private void evacuation(State s) {
        if (!s.on() && s.place == Place.HERE && s.task == Task.NONE && s.wish == Wish.ON && !s.bootPending) {
            fault(s, "nova-compute is away for a minute, the operator has the guest, which is off, evacuated", t -> {
                t.late |= t.step == Step.AWAY && t.mark != Mark.NONE;
                t.markYoung = false;
                t.stoppedEventHeld = false;
                t.place = Place.THERE;
                t.runsThere = true;
                t.bootPending = true;
            });
        }
    }

    private static boolean novaActs(State s) {
        return s.stoppedEventHeld && s.task == Task.NONE && s.active && s.place == Place.HERE && !s.bootPending;
    }

    // ---- the exploration

    /** @param story the shortest way to what is wrong; null if nothing is */
    record Result(int states, long transitions, int depth, String wrong, List<String> story) {}

    private final List<State> states = new ArrayList<>();
    private final Map<Key, Integer> numbers = new HashMap<>();
    private final List<Integer> parents = new ArrayList<>();
    private final List<String> ways = new ArrayList<>();
    private final List<Integer> depths = new ArrayList<>();

    private int number(State s, int parent, String way) {
        return numbers.computeIfAbsent(s.key(), k -> {
            states.add(s);
            parents.add(parent);
            ways.add(way);
            depths.add(parent < 0 ? 0 : depths.get(parent) + 1);
            return states.size() - 1;
        });
    }

    /** @param judgeLate whether a guest may not even be lost where the daemon stays away or the clock leaps */
    Result explore(boolean judgeLate) {
        for (boolean ours : new boolean[] {true, false}) {
            for (boolean needs : new boolean[] {true, false}) {
                State s = new State();
                s.faultsLeft = faults;
                s.wishesLeft = wishes;
                s.startsWithOurs = ours;
                s.needsThere = needs;
                number(s, -1, "Nova has started the guest" + (ours ? "" : "; it does not start with our definition")
                        + (needs ? "" : "; what Nova had prepared for its start is gone"));
            }
        }
        long transitions = 0;
        List<int[]> ahead = new ArrayList<>();
        for (int i = 0; i < states.size(); i++) {
            List<Edge> out = from(states.get(i));
            int[] progress = new int[out.size()];
            int steps = 0;
            for (Edge e : out) {
                transitions++;
                if (e.violation != null) {
                    List<String> story = story(i);
                    story.add(e.what);
                    return new Result(states.size(), transitions, depths.get(i) + 1, e.violation, story);
                }
                int to = number(e.to, i, e.what);
                if (e.pace != Pace.FAULT) {
                    progress[steps++] = to;
                }
            }
            ahead.add(Arrays.copyOf(progress, steps));
        }
        int depth = depths.get(states.size() - 1);
        int lost = firstLost(ahead, judgeLate);
        return lost < 0
                ? new Result(states.size(), transitions, depth, null, null)
                : new Result(states.size(), transitions, depth, states.get(lost).wish == Wish.ON
                        ? "the guest should run, is off, and nobody starts it"
                        : "the guest should be off, runs, and nobody stops it", story(lost));
    }

    /** The first state from which, with no further fault and no further wish, nothing leads to what the user wants. */
    private int firstLost(List<int[]> ahead, boolean judgeLate) {
        // those before state i are behind[end[i - 1]] to behind[end[i] - 1]
        int[] end = new int[states.size()];
        ahead.forEach(some -> Arrays.stream(some).forEach(to -> end[to]++));
        for (int i = 1; i < end.length; i++) {
            end[i] += end[i - 1];
        }
        int[] next = Arrays.copyOf(end, end.length);
        int[] behind = new int[end[end.length - 1]];
        for (int i = 0; i < ahead.size(); i++) {
            for (int to : ahead.get(i)) {
                behind[--next[to]] = i;
            }
        }
        BitSet fine = new BitSet(states.size());
        ArrayDeque<Integer> open = new ArrayDeque<>();
        for (int i = 0; i < states.size(); i++) {
            if (states.get(i).asWished()) {
                fine.set(i);
                open.add(i);
            }
        }
        while (!open.isEmpty()) {
            int to = open.remove();
            for (int i = to == 0 ? 0 : end[to - 1]; i < end[to]; i++) {
                if (!fine.get(behind[i])) {
                    fine.set(behind[i]);
                    open.add(behind[i]);
                }
            }
        }
        for (int i = fine.nextClearBit(0); i < states.size(); i = fine.nextClearBit(i + 1)) {
            if (judgeLate || !states.get(i).late) {
                return i;
            }
        }
        return -1;
    }

    private List<String> story(int state) {
        List<String> story = new ArrayList<>();
        for (int i = state; i >= 0; i = parents.get(i)) {
            story.add(0, ways.get(i));
        }
        return story;
    }

    private static void tell(String name, Result r, boolean story) {
        System.out.printf("%s: %d states, %d transitions, depth %d, %s%n", name, r.states, r.transitions, r.depth,
                r.wrong == null ? "0 violations" : "VIOLATION: " + r.wrong);
        if (r.wrong != null && story) {
            for (int i = 0; i < r.story.size(); i++) {
                System.out.printf("  %2d  %s%n", i, r.story.get(i));
            }
        }
    }

    /** With as few faults as it takes to do harm. */
    private static boolean harmless(Rule rule, int faults, int wishes, boolean story) {
        Result r = null;
        int most = SECOND_LINE.contains(rule) ? Math.min(faults, 2) : faults;
        for (int few = 0; few <= most && (r == null || r.wrong == null); few++) {
            r = new RestartModel(EnumSet.complementOf(EnumSet.of(rule)), few, wishes).explore(false);
        }
        tell("without " + rule + (SECOND_LINE.contains(rule) ? ", a second line," : "") + " (" + rule.text + ")", r, story);
        return r.wrong == null;
    }

    private static int number(List<String> words, String option, int otherwise) {
        int at = words.indexOf(option);
        return at < 0 ? otherwise : Integer.parseInt(words.get(at + 1));
    }

    /** For its options see src/dev/model-check. */
    public static void main(String[] arguments) {
        List<String> words = List.of(arguments);
        int faults = number(words, "--faults", 3);
        int wishes = number(words, "--wishes", 1);
        Set<Rule> all = EnumSet.allOf(Rule.class);
        Result whole = new RestartModel(all, faults, wishes).explore(false);
        tell("all rules", whole, true);
        boolean ok = whole.wrong == null;
        if (words.contains("--each")) {
            for (Rule rule : Rule.values()) {
                ok &= !harmless(rule, faults, wishes, words.contains("--stories")) || SECOND_LINE.contains(rule);
            }
        }
        if (words.contains("--limits")) {
            tell("the daemon stays away, or the clock leaps", new RestartModel(all, faults, wishes).explore(true), true);
        }
        System.exit(ok ? 0 : 1);
    }
}
