-- What the built-in gateway does when it is asked to give a charge back, where that is not simply doing it.
alter table simulator_charges add column refunds text check (refunds in ('refused', 'answer-lost'));
