"""The role table: which role may open each admin page in each state of a release.

It also says in which states the page does something.
"""

from tests.admin import RELEASE_LIST_URL

ROLES = ["visitor", "nobody", "Writers", "Publishers", "manager"]
ALL_STATES = "draft review scheduled public changed changing withdrawn"
PUBLIC_STATES = "public changed changing"
# Pages of a release. For writers, then for publishers: the states in which the page opens, and those in which
# it does something.
ACTION_PERMISSIONS = {
    "change": (
        (ALL_STATES, "draft review public changed"),
        (ALL_STATES, "draft review scheduled public changed"),
    ),
    "delete": (("draft review", "draft review"), ("draft review", "draft review")),
    "history": ((ALL_STATES, ""), (ALL_STATES, "")),
    "compare": ((ALL_STATES, ""), (ALL_STATES, "")),
    "restore": (
        ("draft review public changed", "draft review public changed"),
        ("draft review scheduled public changed",) * 2,
    ),
    "add-note": ((ALL_STATES, ALL_STATES), (ALL_STATES, ALL_STATES)),
    "request-review": ((ALL_STATES, "draft review changed"), (ALL_STATES, "draft review changed")),
    "discard-revision": ((ALL_STATES, "changed"), (ALL_STATES, "changed changing")),
    "preview": ((ALL_STATES, ""), (ALL_STATES, "")),
    "translation": ((ALL_STATES, ALL_STATES), (ALL_STATES, ALL_STATES)),
    # None of these has a translation.
    "link-translation": ((ALL_STATES, ""), (ALL_STATES, "")),
    "unlink-translations": ((ALL_STATES, ""), (ALL_STATES, "")),
    "mark-translation-current": ((ALL_STATES, ""), (ALL_STATES, "")),
    "photos": (
        (ALL_STATES, "draft review public changed"),
        (ALL_STATES, "draft review scheduled public changed"),
    ),
    "share-kit": ((ALL_STATES, ""), (ALL_STATES, "")),
    "preview-links": ((ALL_STATES, "draft review scheduled"), (ALL_STATES, "draft review scheduled")),
    "claim-autosave": ((ALL_STATES, ""), (ALL_STATES, "")),  # pages without a form
    "discard-autosave": ((ALL_STATES, ""), (ALL_STATES, "")),
    "ping": (("draft review public changed", ""), ("draft review scheduled public changed", "")),
    "publish": (("", ""), (ALL_STATES, "draft review")),
    "reschedule": (("", ""), (ALL_STATES, "scheduled")),
    "return-to-draft": (("", ""), (ALL_STATES, "scheduled")),
    "publish-revision": (("", ""), (ALL_STATES, "changed")),
    "unschedule-revision": (("", ""), (ALL_STATES, "changing")),
    "change-slug": (("", ""), (ALL_STATES, PUBLIC_STATES)),
    "withdraw": (("", ""), (ALL_STATES, PUBLIC_STATES)),
    "take-down": (("", ""), (ALL_STATES, PUBLIC_STATES)),
    "set-withdrawal-reason": (("", ""), (ALL_STATES, "withdrawn")),
    "republish": (("", ""), (ALL_STATES, "withdrawn")),
    "pin": (("", ""), (ALL_STATES, PUBLIC_STATES)),
    "unpin": (("", ""), (ALL_STATES, "")),  # no release in these tests is pinned
    "return-for-changes": (("", ""), (ALL_STATES, "review")),
}
# Every other URL of the admin, and the roles that may open it. Visitors may open none.
ALL_STAFF_ROLES = "nobody Writers Publishers manager"
OTHER_ADMIN_URLS = {
    "index": ("/admin/", ALL_STAFF_ROLES),
    "sign_out_everywhere": ("/admin/sign-out-everywhere/", ALL_STAFF_ROLES),
    "end_session": ("/admin/account/end-session/", ALL_STAFF_ROLES),
    "choose_mail": ("/admin/account/mail/", ALL_STAFF_ROLES),
    "account": ("/admin/account/", ALL_STAFF_ROLES),
    "account_add_passkey": ("/admin/account/passkeys/add/", ALL_STAFF_ROLES),
    "account_remove_passkey": ("/admin/account/passkeys/{passkey}/remove/", ALL_STAFF_ROLES),
    "account_set_up_app": ("/admin/account/app/", ALL_STAFF_ROLES),
    "account_remove_app": ("/admin/account/app/remove/", ALL_STAFF_ROLES),
    "account_create_recovery_codes": ("/admin/account/recovery-codes/", ALL_STAFF_ROLES),
    "search": ("/admin/search/?q=obama", ALL_STAFF_ROLES),
    "help": ("/admin/help/", ALL_STAFF_ROLES),
    "help_page": ("/admin/help/emergency/", ALL_STAFF_ROLES),
    "password_change": ("/admin/password_change/", ALL_STAFF_ROLES),
    "jsi18n": ("/admin/jsi18n/", ALL_STAFF_ROLES),
    "autocomplete": (
        "/admin/autocomplete/?app_label=releases&model_name=release&field_name=current_notice",
        "Writers Publishers manager",
    ),
    "app_list": ("/admin/releases/", "Writers Publishers manager"),
    "releases_release_changelist": (RELEASE_LIST_URL, "Writers Publishers manager"),
    "releases_release_add": (f"{RELEASE_LIST_URL}add/", "Writers Publishers manager"),
    "releases_release_paste": (f"{RELEASE_LIST_URL}paste/", "Writers Publishers manager"),
    "releases_release_quick_statement": (f"{RELEASE_LIST_URL}quick/", "Writers Publishers manager"),
    "releases_release_redact": (f"{RELEASE_LIST_URL}remove-a-name/", "Publishers manager"),
    "releases_release_autosave": (f"{RELEASE_LIST_URL}autosave/", "Writers Publishers manager"),
    "releases_release_photo_library": (f"{RELEASE_LIST_URL}photo-library/", "Writers Publishers manager"),
    "releases_release_live_preview": (
        f"{RELEASE_LIST_URL}live-preview/?release={{release}}",
        "Writers Publishers manager",
    ),
    "releases_release_press_check": (f"{RELEASE_LIST_URL}press-check/", "Writers Publishers manager"),
    "releases_release_bulk_add_topic": (
        f"{RELEASE_LIST_URL}bulk/add-topic/?id={{release}}",
        "Writers Publishers manager",
    ),
    "releases_release_bulk_remove_topic": (
        f"{RELEASE_LIST_URL}bulk/remove-topic/?id={{release}}",
        "Writers Publishers manager",
    ),
    "releases_release_bulk_request_reviews": (
        f"{RELEASE_LIST_URL}bulk/request-reviews/?id={{release}}",
        "Writers Publishers manager",
    ),
    "releases_release_export": (f"{RELEASE_LIST_URL}export/", "Writers Publishers manager"),
    "releases_release_print_stylesheet": (f"{RELEASE_LIST_URL}print.css", ALL_STAFF_ROLES),
    "releases_topic_changelist": ("/admin/releases/topic/", "Writers Publishers manager"),
    "releases_topic_add": ("/admin/releases/topic/add/", "Writers Publishers manager"),
    "releases_topic_change": ("/admin/releases/topic/{topic}/change/", "Writers Publishers manager"),
    "releases_topic_history": ("/admin/releases/topic/{topic}/history/", "Writers Publishers manager"),
    "releases_topic_delete": ("/admin/releases/topic/{topic}/delete/", "Publishers manager"),
    "releases_topic_merge": ("/admin/releases/topic/{topic}/merge/", "Publishers manager"),
    # Redirects to the list.
    "releases_topic_undo_merge": ("/admin/releases/topic/merges/{merge}/undo/", "Publishers manager"),
    "releases_release_document": (
        f"{RELEASE_LIST_URL}{{release}}/documents/{{document}}.pdf",
        "Writers Publishers manager",
    ),
    "releases_photo_changelist": ("/admin/releases/photo/", "Writers Publishers manager"),
    "releases_photo_add": ("/admin/releases/photo/add/", "Writers Publishers manager"),
    "releases_photo_change": ("/admin/releases/photo/{photo}/change/", "Writers Publishers manager"),
    "releases_photo_history": ("/admin/releases/photo/{photo}/history/", "Writers Publishers manager"),
    "releases_photo_delete": ("/admin/releases/photo/{photo}/delete/", "Publishers manager"),
    "releases_photo_file": ("/admin/releases/photo/files/{name}/480.webp", "Writers Publishers manager"),
    "releases_mediacontact_changelist": ("/admin/releases/mediacontact/", "Publishers manager"),
    "releases_mediacontact_add": ("/admin/releases/mediacontact/add/", "Publishers manager"),
    "releases_mediacontact_change": (
        "/admin/releases/mediacontact/{mediacontact}/change/",
        "Publishers manager",
    ),
    "releases_mediacontact_history": (
        "/admin/releases/mediacontact/{mediacontact}/history/",
        "Publishers manager",
    ),
    "releases_mediacontact_delete": (
        "/admin/releases/mediacontact/{mediacontact}/delete/",
        "Publishers manager",
    ),
    "releases_backgroundtask_changelist": ("/admin/releases/backgroundtask/", "manager"),
    "releases_backgroundtask_retry": ("/admin/releases/backgroundtask/retry/", "manager"),
    "releases_wordlistentry_changelist": (
        "/admin/releases/wordlistentry/",
        "Writers Publishers manager",
    ),
    "releases_wordlistentry_add": ("/admin/releases/wordlistentry/add/", "Publishers manager"),
    "releases_wordlistentry_change": (
        "/admin/releases/wordlistentry/{word}/change/",
        "Writers Publishers manager",
    ),
    "releases_wordlistentry_history": (
        "/admin/releases/wordlistentry/{word}/history/",
        "Writers Publishers manager",
    ),
    "releases_wordlistentry_delete": (
        "/admin/releases/wordlistentry/{word}/delete/",
        "Publishers manager",
    ),
    "releases_organization_changelist": ("/admin/releases/organization/", "Writers Publishers manager"),
    "releases_organization_add": ("/admin/releases/organization/add/", "Writers Publishers manager"),
    "releases_organization_change": (
        "/admin/releases/organization/{organization}/change/",
        "Writers Publishers manager",
    ),
    "releases_organization_history": (
        "/admin/releases/organization/{organization}/history/",
        "Writers Publishers manager",
    ),
    "releases_organization_delete": (
        "/admin/releases/organization/{organization}/delete/",
        "Publishers manager",
    ),
    "releases_boilerplate_changelist": ("/admin/releases/boilerplate/", "Publishers manager"),
    "releases_boilerplate_add": ("/admin/releases/boilerplate/add/", "Publishers manager"),
    "releases_boilerplate_change": (
        "/admin/releases/boilerplate/{boilerplate}/change/",
        "Publishers manager",
    ),
    "releases_boilerplate_history": (
        "/admin/releases/boilerplate/{boilerplate}/history/",
        "Publishers manager",
    ),
    "releases_boilerplate_delete": (
        "/admin/releases/boilerplate/{boilerplate}/delete/",
        "Publishers manager",
    ),
    "releases_releasetemplate_changelist": (
        "/admin/releases/releasetemplate/",
        "Writers Publishers manager",
    ),
    "releases_releasetemplate_add": ("/admin/releases/releasetemplate/add/", "Publishers manager"),
    "releases_releasetemplate_change": (
        "/admin/releases/releasetemplate/{template}/change/",
        "Writers Publishers manager",
    ),
    "releases_releasetemplate_history": (
        "/admin/releases/releasetemplate/{template}/history/",
        "Writers Publishers manager",
    ),
    "releases_releasetemplate_delete": (
        "/admin/releases/releasetemplate/{template}/delete/",
        "Publishers manager",
    ),
    "releases_coverage_changelist": ("/admin/releases/coverage/", "Publishers manager"),
    "releases_coverage_add": ("/admin/releases/coverage/add/", "Publishers manager"),
    "releases_coverage_change": ("/admin/releases/coverage/{coverage}/change/", "Publishers manager"),
    "releases_coverage_history": ("/admin/releases/coverage/{coverage}/history/", "Publishers manager"),
    "releases_coverage_delete": ("/admin/releases/coverage/{coverage}/delete/", "Publishers manager"),
    "releases_document_changelist": ("/admin/releases/document/", "Publishers manager"),
    "releases_document_add": ("/admin/releases/document/add/", ""),
    "releases_document_change": ("/admin/releases/document/{paper}/change/", "Publishers manager"),
    "releases_document_history": ("/admin/releases/document/{paper}/history/", "Publishers manager"),
    "releases_document_delete": ("/admin/releases/document/{paper}/delete/", "Publishers manager"),
    "releases_newsroomsettings_changelist": ("/admin/releases/newsroomsettings/", "manager"),
    "releases_newsroomsettings_add": ("/admin/releases/newsroomsettings/add/", ""),
    "releases_newsroomsettings_change": ("/admin/releases/newsroomsettings/1/change/", "manager"),
    "releases_newsroomsettings_history": ("/admin/releases/newsroomsettings/1/history/", "manager"),
    "releases_newsroomsettings_delete": ("/admin/releases/newsroomsettings/1/delete/", ""),
    "lock_newsroom": ("/admin/releases/newsroomsettings/lock/", "manager"),
    # Redirects managers while the newsroom isn't locked.
    "unlock_newsroom": ("/admin/releases/newsroomsettings/unlock/", "manager"),
    "publish_alert": ("/admin/releases/newsroomsettings/alert/", "Publishers manager"),
    # Redirects to the dashboard.
    "end_alert": ("/admin/releases/newsroomsettings/alert/end/", "Publishers manager"),
    "releases_user_changelist": ("/admin/releases/user/", "manager"),
    "releases_user_add": ("/admin/releases/user/add/", "manager"),
    "releases_user_change": ("/admin/releases/user/{user}/change/", "manager"),
    "releases_user_history": ("/admin/releases/user/{user}/history/", "manager"),
    "releases_user_delete": ("/admin/releases/user/{user}/delete/", ""),
    "releases_user_reset_second_factor": ("/admin/releases/user/{user}/second-factor/", "manager"),
    "releases_user_reset_password": ("/admin/releases/user/{user}/password/", "manager"),
    "releases_user_invite": ("/admin/releases/user/{invited}/invite/", "manager"),
    "releases_user_close": ("/admin/releases/user/{user}/has-left/", "manager"),
}
