package org.novagpubinder.check.result;

import static java.lang.annotation.RetentionPolicy.RUNTIME;

import jakarta.inject.Qualifier;
import java.lang.annotation.Retention;

/** The checks that the daemon makes when it starts: of what it would not complain about by itself, and quick. */
@Qualifier
@Retention(RUNTIME)
public @interface AtStart {}
