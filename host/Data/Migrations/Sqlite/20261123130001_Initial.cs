using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Vaka.Plugins.Host.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "api_keys",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    role = table.Column<string>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<string>(type: "TEXT", nullable: false),
                    created_by = table.Column<string>(type: "TEXT", nullable: false),
                    expires_at = table.Column<string>(type: "TEXT", nullable: true),
                    revoked_at = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_api_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit_events",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    at = table.Column<string>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<string>(type: "TEXT", nullable: true),
                    actor = table.Column<string>(type: "TEXT", nullable: false),
                    action = table.Column<string>(type: "TEXT", nullable: false),
                    subject = table.Column<string>(type: "TEXT", nullable: false),
                    from_revision = table.Column<int>(type: "INTEGER", nullable: true),
                    to_revision = table.Column<int>(type: "INTEGER", nullable: true),
                    details = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_events", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "data_protection_keys",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    friendly_name = table.Column<string>(type: "TEXT", nullable: true),
                    xml = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_data_protection_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "execution_attempts",
                columns: table => new
                {
                    execution_id = table.Column<string>(type: "TEXT", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    started_at = table.Column<string>(type: "TEXT", nullable: false),
                    finished_at = table.Column<string>(type: "TEXT", nullable: true),
                    failure_kind = table.Column<string>(type: "TEXT", nullable: true),
                    message = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_execution_attempts", x => new { x.execution_id, x.number });
                });

            migrationBuilder.CreateTable(
                name: "executions",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<string>(type: "TEXT", nullable: true),
                    integration_id = table.Column<string>(type: "TEXT", nullable: true),
                    integration_type = table.Column<string>(type: "TEXT", maxLength: 63, nullable: false),
                    action = table.Column<string>(type: "TEXT", maxLength: 63, nullable: false),
                    state = table.Column<string>(type: "TEXT", nullable: false),
                    caller = table.Column<string>(type: "TEXT", nullable: false),
                    input = table.Column<string>(type: "TEXT", nullable: true),
                    output = table.Column<string>(type: "TEXT", nullable: true),
                    steps = table.Column<string>(type: "TEXT", nullable: true),
                    error_code = table.Column<string>(type: "TEXT", nullable: true),
                    error_message = table.Column<string>(type: "TEXT", nullable: true),
                    failure_kind = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<string>(type: "TEXT", nullable: false),
                    finished_at = table.Column<string>(type: "TEXT", nullable: true),
                    duration_ms = table.Column<int>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_executions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "integration_revisions",
                columns: table => new
                {
                    integration_id = table.Column<string>(type: "TEXT", nullable: false),
                    revision = table.Column<int>(type: "INTEGER", nullable: false),
                    tenant_id = table.Column<string>(type: "TEXT", nullable: true),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    config = table.Column<string>(type: "TEXT", nullable: false),
                    config_version = table.Column<int>(type: "INTEGER", nullable: false),
                    is_active = table.Column<bool>(type: "INTEGER", nullable: false),
                    is_default = table.Column<bool>(type: "INTEGER", nullable: false),
                    fallback = table.Column<string>(type: "TEXT", nullable: false),
                    shared_actions = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<string>(type: "TEXT", nullable: false),
                    created_by = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_integration_revisions", x => new { x.integration_id, x.revision });
                });

            migrationBuilder.CreateTable(
                name: "integration_state",
                columns: table => new
                {
                    integration_id = table.Column<string>(type: "TEXT", nullable: false),
                    key = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    ciphertext = table.Column<string>(type: "TEXT", nullable: false),
                    descends_from = table.Column<string>(type: "TEXT", nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_integration_state", x => new { x.integration_id, x.key });
                });

            migrationBuilder.CreateTable(
                name: "integrations",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<string>(type: "TEXT", nullable: true),
                    name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    integration_type = table.Column<string>(type: "TEXT", maxLength: 63, nullable: false),
                    status = table.Column<string>(type: "TEXT", nullable: false),
                    status_reason = table.Column<string>(type: "TEXT", nullable: true),
                    config = table.Column<string>(type: "TEXT", nullable: false),
                    config_version = table.Column<int>(type: "INTEGER", nullable: false),
                    is_active = table.Column<bool>(type: "INTEGER", nullable: false),
                    is_default = table.Column<bool>(type: "INTEGER", nullable: false),
                    fallback = table.Column<string>(type: "TEXT", nullable: false),
                    shared_actions = table.Column<string>(type: "TEXT", nullable: true),
                    revision = table.Column<int>(type: "INTEGER", nullable: false),
                    health_status = table.Column<string>(type: "TEXT", nullable: true),
                    health_message = table.Column<string>(type: "TEXT", nullable: true),
                    health_checked_at = table.Column<string>(type: "TEXT", nullable: true),
                    health_failing_since = table.Column<string>(type: "TEXT", nullable: true),
                    health_failures = table.Column<int>(type: "INTEGER", nullable: false),
                    next_probe_at = table.Column<string>(type: "TEXT", nullable: false),
                    health_expiries = table.Column<string>(type: "TEXT", nullable: true),
                    health_steps = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<string>(type: "TEXT", nullable: false),
                    created_by = table.Column<string>(type: "TEXT", nullable: false),
                    updated_at = table.Column<string>(type: "TEXT", nullable: false),
                    updated_by = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_integrations", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "notifications",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    channel = table.Column<string>(type: "TEXT", nullable: false),
                    payload = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notifications", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "one_time_tokens",
                columns: table => new
                {
                    integration_id = table.Column<string>(type: "TEXT", nullable: false),
                    key = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    value = table.Column<string>(type: "TEXT", nullable: false),
                    expires_at = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_one_time_tokens", x => new { x.integration_id, x.key });
                });

            migrationBuilder.CreateTable(
                name: "page_sessions",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    key_id = table.Column<string>(type: "TEXT", nullable: true),
                    sso_session_id = table.Column<string>(type: "TEXT", nullable: true),
                    tenant_id = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<string>(type: "TEXT", nullable: false),
                    expires_at = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_page_sessions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "provider_settings",
                columns: table => new
                {
                    type = table.Column<string>(type: "TEXT", maxLength: 63, nullable: false),
                    is_disabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<string>(type: "TEXT", nullable: false),
                    updated_by = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_provider_settings", x => x.type);
                });

            migrationBuilder.CreateTable(
                name: "secret_anchors",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false),
                    ciphertext = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_secret_anchors", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "probe_results",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    integration_id = table.Column<string>(type: "TEXT", nullable: false),
                    health_status = table.Column<string>(type: "TEXT", nullable: false),
                    message = table.Column<string>(type: "TEXT", nullable: false),
                    failure_kind = table.Column<string>(type: "TEXT", nullable: true),
                    steps = table.Column<string>(type: "TEXT", nullable: false),
                    duration_ms = table.Column<int>(type: "INTEGER", nullable: true),
                    checked_at = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_probe_results", x => x.id);
                    table.ForeignKey(
                        name: "fk_probe_results_integration_integration_id",
                        column: x => x.integration_id,
                        principalTable: "integrations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "sso_domains",
                columns: table => new
                {
                    domain = table.Column<string>(type: "TEXT", maxLength: 253, nullable: false),
                    integration_id = table.Column<string>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<string>(type: "TEXT", nullable: false),
                    verified_at = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sso_domains", x => x.domain);
                    table.ForeignKey(
                        name: "fk_sso_domains_integrations_integration_id",
                        column: x => x.integration_id,
                        principalTable: "integrations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "sso_sessions",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    integration_id = table.Column<string>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<string>(type: "TEXT", nullable: true),
                    issuer = table.Column<string>(type: "TEXT", maxLength: 2048, nullable: false),
                    subject_hash = table.Column<string>(type: "TEXT", nullable: false),
                    index_hash = table.Column<string>(type: "TEXT", nullable: true),
                    logout_state = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<string>(type: "TEXT", nullable: false),
                    expires_at = table.Column<string>(type: "TEXT", nullable: false),
                    ended_at = table.Column<string>(type: "TEXT", nullable: true),
                    ended_by = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sso_sessions", x => x.id);
                    table.ForeignKey(
                        name: "fk_sso_sessions_integrations_integration_id",
                        column: x => x.integration_id,
                        principalTable: "integrations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_api_keys_tenant_id_created_at",
                table: "api_keys",
                columns: new[] { "tenant_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_tenant_id_id",
                table: "audit_events",
                columns: new[] { "tenant_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_executions_integration_id_id",
                table: "executions",
                columns: new[] { "integration_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_executions_tenant_id_id",
                table: "executions",
                columns: new[] { "tenant_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_executions_tenant_id_state_id",
                table: "executions",
                columns: new[] { "tenant_id", "state", "id" },
                filter: "state <> 'succeeded'");

            migrationBuilder.CreateIndex(
                name: "ix_integrations_health_page",
                table: "integrations",
                columns: new[] { "health_status", "status", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_integrations_next_probe",
                table: "integrations",
                column: "next_probe_at",
                filter: "is_active AND status = 'active'");

            migrationBuilder.CreateIndex(
                name: "ix_integrations_resolution",
                table: "integrations",
                columns: new[] { "tenant_id", "integration_type", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_integrations_status_page",
                table: "integrations",
                columns: new[] { "status", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_integrations_tenant_page",
                table: "integrations",
                columns: new[] { "tenant_id", "id", "status", "health_status", "integration_type", "name" });

            migrationBuilder.CreateIndex(
                name: "ix_integrations_type_health_page",
                table: "integrations",
                columns: new[] { "integration_type", "health_status", "status", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_integrations_type_page",
                table: "integrations",
                columns: new[] { "integration_type", "status", "id" });

            migrationBuilder.CreateIndex(
                name: "ux_integrations_platform_default",
                table: "integrations",
                column: "integration_type",
                unique: true,
                filter: "tenant_id IS NULL AND is_default");

            migrationBuilder.CreateIndex(
                name: "ux_integrations_platform_name",
                table: "integrations",
                column: "name",
                unique: true,
                filter: "tenant_id IS NULL");

            migrationBuilder.CreateIndex(
                name: "ux_integrations_tenant_default",
                table: "integrations",
                columns: new[] { "tenant_id", "integration_type" },
                unique: true,
                filter: "tenant_id IS NOT NULL AND is_default");

            migrationBuilder.CreateIndex(
                name: "ux_integrations_tenant_name",
                table: "integrations",
                columns: new[] { "tenant_id", "name" },
                unique: true,
                filter: "tenant_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_one_time_tokens_expires_at",
                table: "one_time_tokens",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_page_sessions_expires_at",
                table: "page_sessions",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_probe_results_integration_id_checked_at",
                table: "probe_results",
                columns: new[] { "integration_id", "checked_at" });

            migrationBuilder.CreateIndex(
                name: "ix_sso_domains_integration_id",
                table: "sso_domains",
                column: "integration_id");

            migrationBuilder.CreateIndex(
                name: "ix_sso_sessions_integration_id_index_hash",
                table: "sso_sessions",
                columns: new[] { "integration_id", "index_hash" });

            migrationBuilder.CreateIndex(
                name: "ix_sso_sessions_integration_id_subject_hash",
                table: "sso_sessions",
                columns: new[] { "integration_id", "subject_hash" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "api_keys");

            migrationBuilder.DropTable(
                name: "audit_events");

            migrationBuilder.DropTable(
                name: "data_protection_keys");

            migrationBuilder.DropTable(
                name: "execution_attempts");

            migrationBuilder.DropTable(
                name: "executions");

            migrationBuilder.DropTable(
                name: "integration_revisions");

            migrationBuilder.DropTable(
                name: "integration_state");

            migrationBuilder.DropTable(
                name: "notifications");

            migrationBuilder.DropTable(
                name: "one_time_tokens");

            migrationBuilder.DropTable(
                name: "page_sessions");

            migrationBuilder.DropTable(
                name: "probe_results");

            migrationBuilder.DropTable(
                name: "provider_settings");

            migrationBuilder.DropTable(
                name: "secret_anchors");

            migrationBuilder.DropTable(
                name: "sso_domains");

            migrationBuilder.DropTable(
                name: "sso_sessions");

            migrationBuilder.DropTable(
                name: "integrations");
        }
    }
}
