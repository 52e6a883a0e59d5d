package dev.carve.testkit;

/**
 * One header or trailer field as it came: the name in its own case, the value without the optional
 * white space around it, both ISO-8859-1.
 *
 * @param name the field name
 * @param value the field value
 */
public record Field(String name, String value) {

    /** Whether this field has that name, ignoring case. */
    public boolean named(String other) {
        return name.equalsIgnoreCase(other);
    }

    @Override
    public String toString() {
        return name + ": " + value;
    }
}
