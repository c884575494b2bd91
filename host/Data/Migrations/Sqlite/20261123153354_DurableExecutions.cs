using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Vaka.Plugins.Host.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class DurableExecutions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "max_calls_per_minute",
                table: "integrations",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "max_concurrent_calls",
                table: "integrations",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "max_calls_per_minute",
                table: "integration_revisions",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "max_concurrent_calls",
                table: "integration_revisions",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "attempts",
                table: "executions",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "available_at",
                table: "executions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "fence",
                table: "executions",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "forgiven_attempts",
                table: "executions",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "lane",
                table: "executions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "leased_by",
                table: "executions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "payload",
                table: "executions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "requested_integration",
                table: "executions",
                type: "TEXT",
                maxLength: 200,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "started_at",
                table: "executions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "host_nodes",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    started_at = table.Column<string>(type: "TEXT", nullable: false),
                    lease_until = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_host_nodes", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "idempotency_keys",
                columns: table => new
                {
                    scope = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    execution_id = table.Column<string>(type: "TEXT", nullable: false),
                    request_hash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    answer = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_idempotency_keys", x => x.scope);
                });

            migrationBuilder.CreateTable(
                name: "integration_pacing",
                columns: table => new
                {
                    integration_id = table.Column<string>(type: "TEXT", nullable: false),
                    next_call_at = table.Column<string>(type: "TEXT", nullable: false),
                    paused_until = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_integration_pacing", x => x.integration_id);
                    table.ForeignKey(
                        name: "fk_integration_pacing_integration_integration_id",
                        column: x => x.integration_id,
                        principalTable: "integrations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_executions_integration_id_state_id",
                table: "executions",
                columns: new[] { "integration_id", "state", "id" },
                filter: "state IN ('cancelled', 'dead', 'parked', 'unknown')");

            migrationBuilder.CreateIndex(
                name: "ix_executions_leased",
                table: "executions",
                column: "leased_by",
                filter: "leased_by IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_executions_parked",
                table: "executions",
                columns: new[] { "integration_type", "tenant_id", "id" },
                filter: "state = 'parked'");

            migrationBuilder.CreateIndex(
                name: "ix_executions_waiting",
                table: "executions",
                columns: new[] { "lane", "available_at", "id" },
                filter: "state IN ('queued', 'retry_scheduled') AND leased_by IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_idempotency_keys_created_at",
                table: "idempotency_keys",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_idempotency_keys_execution_id",
                table: "idempotency_keys",
                column: "execution_id");

            migrationBuilder.CreateIndex(
                name: "ix_integration_pacing_paused",
                table: "integration_pacing",
                column: "paused_until",
                filter: "paused_until IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "host_nodes");

            migrationBuilder.DropTable(
                name: "idempotency_keys");

            migrationBuilder.DropTable(
                name: "integration_pacing");

            migrationBuilder.DropIndex(
                name: "ix_executions_integration_id_state_id",
                table: "executions");

            migrationBuilder.DropIndex(
                name: "ix_executions_leased",
                table: "executions");

            migrationBuilder.DropIndex(
                name: "ix_executions_parked",
                table: "executions");

            migrationBuilder.DropIndex(
                name: "ix_executions_waiting",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "max_calls_per_minute",
                table: "integrations");

            migrationBuilder.DropColumn(
                name: "max_concurrent_calls",
                table: "integrations");

            migrationBuilder.DropColumn(
                name: "max_calls_per_minute",
                table: "integration_revisions");

            migrationBuilder.DropColumn(
                name: "max_concurrent_calls",
                table: "integration_revisions");

            migrationBuilder.DropColumn(
                name: "attempts",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "available_at",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "fence",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "forgiven_attempts",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "lane",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "leased_by",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "payload",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "requested_integration",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "started_at",
                table: "executions");
        }
    }
}
