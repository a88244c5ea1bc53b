package org.novagpubinder.notification.amqp;

/** A broker that cannot be used as configured. */
public final class BrokerTrouble extends Exception {
    private final String text;
    private final String remedy;

    private final boolean mayNotLook;

    BrokerTrouble(String text, String remedy) {
        this(text, remedy, false);
    }

    private BrokerTrouble(String text, String remedy, boolean mayNotLook) {
        super(text + "; " + remedy);
        this.text = text;
        this.remedy = remedy;
        this.mayNotLook = mayNotLook;
    }

    /** Something that this user may not look at, which says nothing of how it stands. */
    public static BrokerTrouble mayNotLook(String text) {
        return new BrokerTrouble(text, "ask as a user who may", true);
    }

    /** Whether nothing is wrong but that this user may not look. */
    public boolean isOnlyHidden() {
        return mayNotLook;
    }

    /** What is wrong, without the password. */
    public String text() {
        return text;
    }

    public String remedy() {
        return remedy;
    }
}
