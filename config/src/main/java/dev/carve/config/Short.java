package dev.carve.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The short form. On a record component: a scalar or list in place of the whole mapping binds this
 * component. On a record that is one alternative of a choice: a scalar in place of the mapping
 * chooses it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.TYPE})
@SuppressWarnings("AvoidCommonTypeNames") // Nothing in a configuration is a java.lang.Short.
public @interface Short {}
