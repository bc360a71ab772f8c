"""What people who run petitions and letter campaigns reported, and what a walk through every screen found: each example
with the test that fails on the product of before. A test that is named here and is not there makes this one fail."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

EXAMPLES: dict[str, tuple[str, ...]] = {
    # 1. The last word counts
    "Everyone, then No one, then the newest link: published by name": (
        "appeals/signing/test_wishes.py::test_everyone_then_no_one_then_the_newest_link_is_not_published",
        "browser/test_signing.py::test_three_wishes_of_one_address_are_each_confirmed_from_their_own_mail_without_a_script",
    ),
    "a slip in name or country cannot be mended": (
        "web/public/test_confirming.py::test_all_that_is_confirmed_stands_on_the_page_and_can_be_changed_there",
    ),
    "somebody else signs first with my address, and I confirm their words unseen": (
        "appeals/signing/test_wishes.py::test_a_strangers_words_stand_on_their_own_link_alone",
        "web/public/test_confirming.py::test_a_strangers_words_are_shown_on_no_link_but_their_own",
    ),
    "of wishes that differ the more guarded is kept": (
        "appeals/signing/test_wishes.py::test_the_more_guarded_is_kept_until_the_person_chooses_otherwise",
    ),
    "a wish that is not confirmed dies with its expiry": (
        "appeals/signing/test_wishes.py::"
        "test_a_wish_that_is_not_confirmed_dies_with_its_expiry_and_leaves_the_signature",
    ),
    "the same answer to everyone": (
        "web/public/test_signing.py::test_nobody_learns_from_the_answer_whether_an_address_has_signed",
    ),
    "after No one, your name stands under this appeal": (
        "web/public/test_confirming.py::test_who_is_at_risk_and_unnamed_is_thanked_with_nothing_to_send_or_share",
    ),
    "the demands of a signed action replaced by their opposite": (
        "delivery/test_signed_parts.py::"
        "test_replacing_a_demand_of_a_signed_action_is_refused_with_the_way_to_do_it_right",
        "delivery/test_signed_parts.py::test_a_dossier_after_a_correction_prints_what_each_group_signed",
    ),
    # 2. A stop, an extension, a correction reach what was handed out
    "calendars keep the entry and its alarm after a stop": (
        "web/test_feeds_after_the_end.py::test_a_stop_cancels_the_entry_that_calendars_hold_and_takes_its_alarm",
    ),
    "followers of the feeds never read of the stop": (
        "web/test_feeds_after_the_end.py::test_both_feeds_tell_of_a_stop_and_why_for_at_least_a_year",
    ),
    "closing and extension likewise": (
        "web/test_feeds_after_the_end.py::test_closing_early_cancels_it_and_a_later_deadline_brings_it_back",
        "web/test_feeds_after_the_end.py::test_both_feeds_tell_of_a_later_deadline_and_of_the_end",
    ),
    "posters, sheets, pictures of a stopped action": (
        "web/test_feeds_after_the_end.py::test_prints_of_a_stopped_action_answer_with_a_page_that_says_so",
    ),
    "stop answers 500 on drafts; every command in every state": (
        "cases/lifecycle/test_every_command.py::"
        "test_every_command_in_every_state_does_what_the_table_says_or_says_why_not",
    ),
    "a draft cannot be thrown away": (
        "cases/lifecycle/test_every_command.py::"
        "test_a_draft_that_was_discarded_is_on_no_list_and_can_be_taken_back_for_thirty_days",
    ),
    "a bulletin imported twice": (
        "cli/test_endings.py::test_a_bulletin_that_was_imported_before_is_not_imported_again_unasked",
        "web/organise/action/test_new.py::"
        "test_a_bulletin_that_was_imported_before_leads_to_its_draft_and_is_read_again_only_if_wished",
    ),
    # 3. Silence is not success
    "an unread bounce becomes delivered": (
        "appeals/relay/test_hundred_letters.py::"
        "test_a_hundred_letters_end_in_states_that_add_up_and_none_is_delivered_by_silence",
        "appeals/relay/test_sender.py::test_what_nothing_is_heard_of_stays_sent_and_its_words_are_forgotten",
    ),
    "old Exim, qmail, Yahoo, and what stands behind a relay": (
        "mail/test_verdicts.py::test_a_report_of_each_family_is_read_and_led_to_its_letter_by_its_return_address",
        "mail/test_verdicts.py::test_without_a_return_address_the_sealed_id_leads_there_too",
    ),
    "what cannot be attributed waits on the board": (
        "web/organise/support/test_incoming.py::"
        "test_what_nobody_could_read_waits_on_the_board_until_somebody_has_looked",
        "mail/test_mailboxes.py::test_what_is_too_large_to_read_or_no_mail_waits_for_a_person_on_the_board",
    ),
    "captured mail shows its envelope sender": (
        "appeals/relay/test_sender.py::test_captured_mail_shows_where_reports_about_it_go",
    ),
    "refusals of us park every letter": (
        "appeals/relay/test_sender.py::"
        "test_a_server_that_refuses_us_stops_all_letters_and_their_addresses_are_left_alone",
    ),
    "address, mailbox, reputation, content are four classes": (
        "mail/test_verdicts.py::test_a_refusal_is_one_of_four_kinds",
        "mail/test_verdicts.py::test_the_fixtures_are_three_states_of_each_family",
    ),
    "answers to the From address are lost": (
        "mail/test_verdicts.py::test_an_answer_an_absence_a_complaint_and_a_report_are_told_apart",
        "appeals/relay/test_hundred_letters.py::test_one_click_records_a_reply_and_the_letter_has_arrived",
    ),
    "a form filler that fills the trap never gets a mail": (
        "web/public/test_signing.py::"
        "test_who_fills_in_what_no_person_sees_is_asked_to_press_once_more_and_nobody_is_lost_in_silence",
    ),
    "the three seconds begin anew after an error": (
        "web/public/test_signing.py::test_who_mends_a_form_need_not_wait_three_seconds_again",
    ),
    "an address that the server cannot take": (
        "web/public/test_signing.py::test_an_address_that_the_mail_server_cannot_take_is_refused_on_the_form",
    ),
    # 4. One fact, one rule
    "post it, and it is too late: both said": (
        "publication/test_rules.py::test_post_is_best_while_a_letter_arrives_in_time",
        "appeals/relay/test_post_runs.py::test_a_queue_knows_days_ahead_how_many_will_not_leave_in_time",
    ),
    "Simferopol time, Kaliningrad, Noronha": (
        "publication/test_rules.py::test_a_case_has_the_zone_of_its_country_s_capital",
        "publication/test_rules.py::test_a_country_with_several_zones_has_its_capital_s_first",
        "cases/lifecycle/test_zones.py::test_the_capital_s_zone_is_offered_first_and_nothing_is_assumed",
        "web/organise/action/test_review.py::"
        "test_where_a_country_has_several_zones_publishing_asks_for_the_one_of_the_deadline",
    ),
    "names hidden by an organiser print as asked not to be named": (
        "delivery/test_unnamed.py::test_names_that_we_left_out_did_not_ask_for_it",
        "delivery/test_freezing.py::test_a_name_that_an_organiser_has_hidden_is_counted_and_not_named",
    ),
    "/verify knows nothing of paper": (
        "web/test_verifying.py::test_who_signed_on_paper_is_told_apart_from_who_confirmed_by_mail",
    ),
    "a genuine file called not ours": (
        "delivery/test_verifying.py::test_a_file_is_genuine_altered_or_not_ours",
        "browser/test_verifying.py::test_a_file_is_checked_in_the_browser_and_does_not_leave_it_unasked",
    ),
    "dates without their year": (
        "web/public/test_pages.py::test_a_day_carries_its_year_unless_it_is_this_year",
        "web/organise/office/test_board.py::test_a_day_of_another_year_says_which",
    ),
    "a closed action's row says that appeals ended in the future": (
        "web/organise/office/test_board.py::"
        "test_a_closed_action_says_when_it_closed_and_what_is_due_and_nothing_of_an_end_to_come",
    ),
    "a letter dated in another place's day": (
        "web/public/test_writing.py::test_a_letter_carries_the_day_of_its_writer_where_a_browser_told_it",
        "browser/test_writing.py::test_a_letter_carries_the_day_where_its_writer_is",
        "appeals/relay/test_sender.py::test_a_letter_carries_its_writer_s_day",
    ),
    "digits of another language": (
        "printing/test_digits.py::test_a_letter_has_no_digits_but_its_language_s_outside_of_what_is_latin",
        "printing/test_digits.py::"
        "test_a_signature_book_counts_its_pages_names_and_people_in_the_digits_of_its_language",
    ),
    "countries sorted as their readers expect": (
        "publication/test_rules.py::test_names_are_sorted_as_their_readers_expect",
    ),
    "a fax number is dialled": (
        "appeals/letters/test_channels.py::test_a_telephone_is_dialled_as_e164_and_a_fax_is_read_and_not_dialled",
    ),
    # 5. Every sentence keeps its promise
    "at risk and unnamed, led to write under their own name": (
        "web/public/test_confirming.py::"
        "test_who_is_counted_without_a_name_where_that_is_dangerous_is_led_to_no_letter_and_no_sharing",
    ),
    "messages of the unnamed never reach the official": (
        "delivery/test_unnamed_words.py::test_the_message_of_who_is_not_named_goes_along_without_a_name",
    ),
    "one address can sign once, where two may": (
        "appeals/signing/test_signing.py::"
        "test_where_a_household_may_share_an_address_two_people_sign_and_a_third_does_not",
    ),
    "every end of a letter is told to its writer": (
        "appeals/mails/test_letter_mails.py::test_that_a_letter_went_or_came_back_is_told_with_the_reason",
        "appeals/mails/test_letter_mails.py::test_that_a_letter_was_posted_is_told_once_its_run_is_ticked_off",
        "appeals/mails/test_letter_mails.py::test_that_a_letter_was_never_sent_is_told_and_why",
        "appeals/mails/test_letter_mails.py::test_every_end_of_a_letter_has_a_mail",
    ),
    "updates follow one action, not the case": (
        "appeals/mails/test_case_updates.py::"
        "test_who_asked_under_one_action_hears_of_the_next_one_of_the_case_once",
    ),
    "there is no page to enter the code": (
        "web/test_verifying.py::test_a_code_may_be_typed_as_people_type",
    ),
    "country, e-mail and message cannot be corrected": (
        "appeals/supporter/test_changing.py::test_country_and_message_are_put_right_and_the_count_follows",
        "appeals/supporter/test_changing.py::"
        "test_a_signature_moves_to_another_address_once_it_is_confirmed_there",
    ),
    "one heading stands for several faults": (
        "web/test_errors.py::"
        "test_a_stop_a_deadline_a_dead_link_and_a_page_open_too_long_have_each_a_heading_of_its_own",
    ),
    "raw enum values on pages": (
        "web/organise/test_words.py::test_no_page_shows_a_raw_state_or_kind",
    ),
    "each promise with its rule and its test": (
        "test_promises.py::test_every_promise_names_a_rule_and_a_test_that_exists",
        "test_promises.py::test_a_sentence_that_promises_something_has_its_line_or_a_reason",
    ),
    # 6. What is checked is what is printed
    "a field in a title is published raw": (
        "cases/review/test_checks.py::test_a_field_where_none_is_filled_stops_it",
        "cases/review/test_checks.py::test_which_strings_hold_fields_is_one_list_that_leaves_none_out",
    ),
    "at least, in English, inside an Urdu letter": (
        "cases/review/test_checks.py::test_a_qualifier_that_a_letter_would_print_in_another_language_stops_it",
    ),
    "what is public changes past the second person": (
        "web/organise/test_two_people.py::test_nothing_public_changes_before_the_second_person_has_published_it",
        "browser/test_two_people.py::test_in_a_walk_with_two_organisers_nothing_public_changes_without_the_second",
    ),
    "an urgent correction, told to the other at once": (
        "web/organise/test_two_people.py::"
        "test_an_urgent_correction_by_one_person_is_possible_with_a_reason_and_told_by_mail_at_once",
    ),
    "the reviewer sees page, letters and bulletin as they will be": (
        "web/organise/action/test_review.py::"
        "test_the_reviewer_sees_page_letters_and_bulletin_as_they_will_be_filled_and_in_each_language",
    ),
    "an action with what must be fixed is submitted": (
        "cases/review/test_approval.py::test_what_must_be_fixed_is_not_put_forward",
    ),
    "mails about unpublished work go to who never accepted": (
        "office/test_review_mails.py::"
        "test_who_has_not_taken_up_their_invitation_hears_nothing_of_what_is_not_public",
    ),
    # 7. Ordinary names and addresses
    "A.de Vries is refused as a web address": (
        "appeals/signing/test_names.py::test_a_name_is_taken_as_it_is",
    ),
    "pasted addresses with invisible signs": (
        "test_fence.py::test_an_address_pasted_with_a_sign_that_shows_nothing_is_the_address",
    ),
    "175 letters without a space; 180 marks on one letter": (
        "test_fence.py::test_a_hostile_name_stays_in_its_line",
        "browser/test_hostile_names.py::test_no_accepted_name_leaves_its_place_on_a_page_or_in_a_mail",
        "browser/test_hostile_names.py::test_no_name_breaks_a_feed_or_leaves_its_line_there",
        "browser/test_hostile_names.py::test_no_name_leaves_its_box_in_print",
    ),
    "names altered by a browser's translation": (
        "web/test_not_translated.py::test_on_every_page_of_a_supporter_nothing_of_it_may_be_translated",
    ),
    "a threat printed as a name": (
        "appeals/signing/test_names.py::test_a_name_is_shown_after_its_moment_and_a_threat_only_once_it_was_read",
    ),
}  # fmt: skip

# Public reports, by repository and number, and the file whose test was made from each.
REPORTS = {
    "pytition/Pytition#193": "delivery/test_signed_parts.py",
    "petities/petitions.eu#248": "delivery/test_signed_parts.py",
    "chaoss/website#930": "web/test_not_translated.py",
    "mdn/kuma#7101": "web/test_not_translated.py",
    "LemmyNet/lemmy#2595": "web/public/test_signing.py",
    "localwiki/localwiki#169": "web/public/test_signing.py",
    "GetTogetherComm/GetTogether#291": "web/test_feeds_after_the_end.py",
    "FossifyOrg/Calendar#524": "web/test_feeds_after_the_end.py",
    "mysociety/fixmystreet#4543": "web/test_mine.py",
    "netlify/netlify-identity-widget#458": "web/test_mine.py",
    "postalserver/postal#253": "mail/bounced.py",
    "wintermeyer/vutuv#992": "mail/test_verdicts.py",
    "Mailtrain-org/mailtrain#508": "mail/test_verdicts.py",
    "OpenRefine/OpenRefine#202": "publication/test_rules.py",
    "bl00mber/react-phone-input-2#689": "publication/test_rules.py",
    "validatorjs/validator.js#940": "test_fence.py",
    "churchthemes/church-theme-framework#16": "test_fence.py",
    "element-hq/element-web#130": "test_fence.py",
    "hummingbird-me/kitsu-web#60": "test_fence.py",
}


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((TESTS / path).read_text())
    return frozenset(it.name for it in ast.walk(tree) if isinstance(it, ast.FunctionDef))


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_has_its_test(example: str) -> None:
    for test in EXAMPLES[example]:
        path, _, name = test.partition("::")
        assert name in names_in(path), test


def test_each_public_report_is_named_where_its_test_is() -> None:
    named = re.compile(r"[\w.-]+/[\w.-]+#\d+")
    for report, path in REPORTS.items():
        assert report in named.findall((TESTS / path).read_text()), f"{report} in {path}"
