/** What the doctor finds and advises, by the English form (src/app/doctor). */
export const findingForms: Readonly<Record<string, string>> = {
  'The channel {id} ({messenger}) of the workspace "{workspace}"':
    "Канал {id} ({messenger}) пространства «{workspace}»",
  "Connect the channel again in the admin.": "Подключите канал заново в админке.",
  "{channel} has settings that cannot be read": "{channel}: настройки не прочесть",
  "See what is said of the secret key here. {again}": "Посмотрите, что здесь сказано о секретном ключе. {again}",
  "{channel} is broken: {why}": "{channel} не работает: {why}",
  "the platform refuses it": "мессенджер его не принимает",
  "{channel} has no platform to ask": "{channel}: спрашивать некого",
  "another address": "другому адресу",
  "{channel} is registered at {host}, and not at {expected}": "{channel} привязан к {host}, а не к {expected}",
  "See that PUBLIC_URL is right. {again}": "Проверьте, верен ли PUBLIC_URL. {again}",
  "This machine's clock is {seconds} s off from that of the platform of channel {id}":
    "Часы этой машины расходятся с часами мессенджера канала {id} на {seconds} с",
  "Let the machine keep time (chrony, systemd-timesyncd).":
    "Включите на машине синхронизацию времени (chrony, systemd-timesyncd).",
  "The secret key is the one that the database is used with": "Секретный ключ тот, с которым работает база",
  "Nothing that the database holds can be opened with this secret key (its id is {own})":
    "Этим секретным ключом (его номер {own}) не открыть ничего из того, что лежит в базе",
  "The database needs secret keys that are missing here (their ids: {missing}); the one here has the id {own}":
    "Базе нужны секретные ключи, которых здесь нет (их номера: {missing}); у здешнего номер {own}",
  'Give all processes on one database the same SECRET_KEY (or DATA_DIR/secret-key). If the key was to be changed, keep the old one in SECRET_KEY_PREVIOUS and run "repartee rotate-secrets"; if it is lost for good, run "repartee rotate-secrets --lost".':
    "Дайте всем процессам одной базы один и тот же SECRET_KEY (или DATA_DIR/secret-key). Если ключ меняли, оставьте старый в SECRET_KEY_PREVIOUS и выполните «repartee rotate-secrets»; если он потерян насовсем, выполните «repartee rotate-secrets --lost».",
  "A newer release has worked on the database ({migrations})": "С базой работал более новый выпуск ({migrations})",
  "Update Repartee here, or restore the backup from before the update: tables never go back.":
    "Обновите Repartee здесь или восстановите копию, снятую до обновления: таблицы назад не возвращаются.",
  "The tables are up to date": "Таблицы соответствуют выпуску",
  "The tables are not up to date; missing: {migrations}": "Таблицы отстали от выпуска; недостаёт: {migrations}",
  'Run "repartee migrate", or start the server.': "Выполните «repartee migrate» или запустите сервер.",
  "The database keeps texts in {encoding}": "База хранит тексты в кодировке {encoding}",
  'Make one with "createdb -E UTF8", and move there: "repartee move".':
    "Создайте базу командой «createdb -E UTF8» и переезжайте в неё: «repartee move».",
  "The embedded database may lose its last seconds or be damaged by a power cut":
    "При отключении питания встроенная база может потерять последние секунды или испортиться",
  'Back up every night ("repartee backup"); where that is not enough, move to PostgreSQL: "repartee move".':
    "Каждую ночь снимайте копию («repartee backup»); если этого мало, переезжайте в PostgreSQL: «repartee move».",
  "{share} % of the rows of {table} are dead ({dead})": "В таблице {table} мёртвых строк {share} % ({dead})",
  'Look for old transactions above; else run "vacuum (analyze)" on it, and see that autovacuum is on.':
    "Посмотрите выше, нет ли старых транзакций; если нет, выполните на ней «vacuum (analyze)» и проверьте, что autovacuum включён.",
  "The database has {megabytes} MB": "Размер базы: {megabytes} МБ",
  "PostgreSQL {version}": "PostgreSQL {version}",
  "PostgreSQL {version}, embedded": "PostgreSQL {version}, встроенная",
  "{database} is too old": "{database}: слишком старая версия",
  "{database} is newer than what Repartee was tested with": "{database}: новее, чем проверено с Repartee",
  "Use PostgreSQL 13 to 18.": "Используйте PostgreSQL с 13 по 18.",
  "a crash of the system may destroy the database": "сбой системы может уничтожить базу",
  "a crash of the system may destroy pages of the database": "сбой системы может уничтожить страницы базы",
  "a crash loses the last events that were already answered":
    "сбой потеряет последние события, на которые уже ответили",
  "{setting} is off: {loss}": "{setting} выключен: {loss}",
  'Run "alter system set {setting} = on" and "select pg_reload_conf()".':
    "Выполните «alter system set {setting} = on» и «select pg_reload_conf()».",
  "{setting} is {value}": "{setting}: {value}",
  "{connections} of {most} connections are taken": "Занято соединений: {connections} из {most}",
  "Lower DATABASE_POOL_SIZE, raise max_connections, or put a pooler between.":
    "Уменьшите DATABASE_POOL_SIZE, увеличьте max_connections или поставьте между ними пулер.",
  'Find it with "select * from pg_stat_activity order by xact_start", and end it with "pg_terminate_backend": dead rows stay behind it.':
    "Найдите её запросом «select * from pg_stat_activity order by xact_start» и завершите через «pg_terminate_backend»: из-за неё остаются мёртвые строки.",
  "The oldest transaction has been open for {seconds} s": "Самая старая транзакция открыта {seconds} с",
  "No transaction has been open for long": "Долго открытых транзакций нет",
  "{millions} million transactions since the last freeze; PostgreSQL stops at 2,000":
    "После последней заморозки прошло {millions} млн транзакций; на 2000 PostgreSQL остановится",
  'Run "vacuum (freeze)", and see why autovacuum does not: old transactions, prepared ones, replication slots.':
    "Выполните «vacuum (freeze)» и выясните, почему этого не делает autovacuum: старые или подготовленные транзакции, слоты репликации.",
  "The clocks of this machine and of the database are {seconds} s apart":
    "Часы этой машины и базы расходятся на {seconds} с",
  "Let both keep time (chrony, systemd-timesyncd): delays and leases go by them.":
    "Включите на обеих синхронизацию времени (chrony, systemd-timesyncd): по часам идут задержки и аренды.",
  "The secret key opens what the database holds": "Секретный ключ открывает то, что хранит база",
  "The secret key does not open what the database holds ({things})":
    "Секретный ключ не открывает то, что хранит база ({things})",
  "Bring back the key that it was sealed with (SECRET_KEY, or DATA_DIR/secret-key); if that is lost, connect these anew.":
    "Верните ключ, которым это запечатано (SECRET_KEY или DATA_DIR/secret-key); если он утерян, подключите всё это заново.",
  'Let "repartee backup FILE" run every night: docs/operations.md, "Backup and restore".':
    "Запускайте «repartee backup FILE» каждую ночь: docs/operations.md, раздел «Backup and restore».",
  "repartee backup has never made a backup of this database":
    "Копия этой базы ещё ни разу не снималась (repartee backup)",
  "The last backup was made within a day ({file})": "Последняя копия снята за последние сутки ({file})",
  "The last backup was made {days} days ago ({file})": "Последняя копия снята {days} дн. назад ({file})",
  "Node {version}": "Node {version}",
  "Node {version} is older than {oldest}, which Repartee needs":
    "Node {version} старше, чем {oldest}, который нужен Repartee",
  'Run "npm ci", which brings the right one along, and start with "npm start".':
    "Выполните «npm ci», который поставит нужный, и запускайте через «npm start».",
  "DATA_DIR {folder} can be written": "В DATA_DIR {folder} можно писать",
  "DATA_DIR {folder} cannot be written": "В DATA_DIR {folder} нельзя писать",
  "Give it to whoever runs the server: chown -R USER {folder}.":
    "Отдайте папку тому, от чьего имени работает сервер: chown -R USER {folder}.",
  "Others on this machine may look into DATA_DIR {folder}": "В DATA_DIR {folder} могут заглянуть другие на этой машине",
  'Run "chmod 700 {folder}".': "Выполните «chmod 700 {folder}».",
  "DATA_DIR {folder} belongs to the user {owner}, and this process runs as {user}":
    "DATA_DIR {folder} принадлежит пользователю {owner}, а этот процесс работает от {user}",
  "Run commands as the user that runs the server: files that another one makes there may keep it from starting.":
    "Выполняйте команды от имени пользователя сервера: чужие файлы в папке могут не дать ему запуститься.",
  "Make room: the database stops taking events when there is none.":
    "Освободите место: когда его не останется, база перестанет принимать события.",
  "{megabytes} MB are free for the embedded database": "Для встроенной базы свободно {megabytes} МБ",
  "{megabytes} MB are free in DATA_DIR": "В DATA_DIR свободно {megabytes} МБ",
  "There is no secret key in {file} yet, and SECRET_KEY is not set":
    "В {file} ещё нет секретного ключа, и SECRET_KEY не задан",
  "One is made at the first start. If the database has been used before, restore the file first: what was sealed with the old key cannot be opened with a new one.":
    "Он создаётся при первом запуске. Если базой уже пользовались, сначала верните файл: запечатанное старым ключом новым не открыть.",
  "The secret key is in {file}": "Секретный ключ лежит в {file}",
  "Others on this machine may read the secret key in {file}":
    "Секретный ключ в {file} могут прочесть другие на этой машине",
  'Run "chmod 600 {file}".': "Выполните «chmod 600 {file}».",
  "Set PUBLIC_URL to the https address of the proxy in front of the server, such as https://bots.example.com.":
    "Задайте в PUBLIC_URL адрес https прокси перед сервером, например https://bots.example.com.",
  "PUBLIC_URL is not set: messengers and people elsewhere cannot reach the server":
    "PUBLIC_URL не задан: мессенджерам и людям снаружи сервер недоступен",
  "PUBLIC_URL {address} is not https: messengers refuse such webhooks":
    "PUBLIC_URL {address} — не https: такие вебхуки мессенджеры не принимают",
  "PUBLIC_URL {address} is an address that only this network knows":
    "PUBLIC_URL {address} — адрес, который известен только в этой сети",
  "PUBLIC_URL is {address}": "PUBLIC_URL: {address}",
  "A server of ours answers at PUBLIC_URL": "По PUBLIC_URL отвечает наш сервер",
  "it answers {number}": "ответ {number}",
  "Start the server if it does not run. Otherwise look at the name's address, the proxy and its certificate; from this machine the address may also be out of reach while others get there.":
    "Запустите сервер, если он не работает. Иначе проверьте адрес имени, прокси и его сертификат; бывает и так, что адрес недоступен только с этой машины.",
  "No server of ours answers at {address} ({what})": "По адресу {address} наш сервер не отвечает ({what})",
  "Processes with the roles web and worker live": "Процессы с ролями web и worker работают",
  "No process with the role web lives: no page and no call is answered, and messengers are not heard":
    "Нет ни одного процесса с ролью web: страницы и вызовы остаются без ответа, мессенджеров никто не слышит",
  "Start a process with the role web.": "Запустите процесс с ролью web.",
  "The server does not run: nobody is answered and nothing is sent":
    "Сервер не запущен: никому не отвечают и ничего не отправляют",
  "Start it: it catches up, nothing is lost.": "Запустите его: он всё наверстает, ничего не пропадёт.",
  "The disk of the database has room": "На диске базы есть место",
  "The disk of the database is full: nothing is taken in": "Диск базы заполнен: ничего не принимается",
  "Make room there. Processes go on by themselves, and messengers deliver again what was not taken.":
    "Освободите на нём место. Процессы продолжат сами, а мессенджеры доставят снова то, что не было принято.",
  "The user of DATABASE_URL may not make tables in the database":
    "Пользователь из DATABASE_URL не может создавать таблицы в базе",
  'Make it the owner: "alter database NAME owner to USER", or a new database with "createdb --owner USER NAME".':
    "Сделайте его владельцем: «alter database NAME owner to USER», или создайте новую базу: «createdb --owner USER NAME».",
  "The database takes no writes: it is a standby, or default_transaction_read_only is on":
    "База не принимает записи: это резервный сервер, или включён default_transaction_read_only",
  "Let DATABASE_URL lead to the server that takes writes, or take the setting back. Processes go on by themselves then.":
    "Пусть DATABASE_URL ведёт на сервер, который принимает записи, или уберите эту настройку. Дальше процессы продолжат сами.",
  "No process with the role worker lives: nothing is sent, no timer fires, no job runs":
    "Нет ни одного процесса с ролью worker: ничего не отправляется, таймеры и задания стоят",
  "Start a process with the role worker.": "Запустите процесс с ролью worker.",
  "See the log, and the database's findings here; more workers help where the processor is the limit.":
    "Посмотрите журнал и что здесь сказано о базе; если не хватает процессора, поможет ещё один worker.",
  "Start a worker: it catches up, nothing is lost.": "Запустите worker: он всё наверстает, ничего не потеряно.",
  "{waits} waits should be over, the oldest for {seconds} s":
    "Ожиданий, которым пора кончиться: {waits}; самому старому {seconds} с",
  "Timers are on time": "Таймеры не опаздывают",
  "{messages} messages wait to leave on {messenger}": "Ждут отправки в {messenger}: {messages}",
  "{messages} messages of broadcasts wait to leave on {messenger}":
    "Ждут отправки сообщения рассылок в {messenger}: {messages}",
  "{what}, the oldest for {seconds} s": "{what}, самое старое {seconds} с",
  "See what the channels say here. {slow}": "Посмотрите, что здесь сказано о каналах. {slow}",
  "{ready} jobs wait in {queue}": "В очереди {queue} ждут задания: {ready}",
  "{failed} jobs of {queue} were given up": "В очереди {queue} не удались задания: {failed}",
  'The log says why ("a job failed"). They are forgotten after a week.':
    "Почему — сказано в журнале («a job failed»). Через неделю они забываются.",
  "Jobs are taken up": "Задания выполняются",
  'The webhook {id} of the workspace "{workspace}" to {host} fails: {why}':
    "Вебхук {id} пространства «{workspace}» на {host} не проходит: {why}",
  "Its receiver has to answer 2xx within ten seconds; tell whoever runs it.":
    "Получатель должен ответить 2xx за десять секунд; сообщите тому, кто за него отвечает.",
  "{dead} deliveries to webhooks were given up": "Не удались доставки на вебхуки: {dead}",
  "They can be sent again from the webhook's page until they are forgotten (KEEP_DELIVERIES_DAYS).":
    "Их можно отправить снова со страницы вебхука, пока они не удалены (KEEP_DELIVERIES_DAYS).",
  "No webhook fails": "Все вебхуки проходят",
  "People get no mail about their accounts: ACCOUNT_SMTP_URL is not set":
    "Люди не получают писем о своих учётных записях: ACCOUNT_SMTP_URL не задан",
  "The mail server {server} takes mail about accounts": "Почтовый сервер {server} принимает письма об учётных записях",
  "The mail server {server} takes no mail about accounts: {why}. Mails about passwords and invitations wait or get lost":
    "Почтовый сервер {server} не принимает писем об учётных записях: {why}. Письма о паролях и приглашения ждут или теряются",
  "Correct user and password in ACCOUNT_SMTP_URL; what is no letter or digit in them has to be percent-encoded. Many providers want a password made for programs.":
    "Исправьте имя и пароль в ACCOUNT_SMTP_URL; всё, кроме букв и цифр, в них нужно кодировать процентами. Многим почтовым службам нужен отдельный пароль для программ.",
  "See that the server runs and is reached from here, and that ACCOUNT_SMTP_URL has its port and kind of TLS: smtps for 465, smtp for 587.":
    "Проверьте, что сервер работает и доступен отсюда и что в ACCOUNT_SMTP_URL верны порт и вид TLS: smtps для 465, smtp для 587.",
};
